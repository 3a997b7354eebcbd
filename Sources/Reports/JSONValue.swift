import Foundation

/// A value of a JSON document that is put together at run time.
public enum JSONValue: Encodable, Sendable, Equatable {
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int)
  /// A number; one that is not finite becomes null.
  case number(Double)
  /// True or false.
  case truth(Bool)
  /// A list.
  case list([JSONValue])
  /// An object; keys are written in alphabetical order.
  case object([String: JSONValue])
  /// Nothing.
  case null

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .integer(let number): try container.encode(number)
    case .number(let number):
      if number.isFinite { try container.encode(number) } else { try container.encodeNil() }
    case .truth(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    case .null: try container.encodeNil()
    }
  }

  /// The document's text, indented.
  public func rendered() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
