import Foundation

/// A value that a statement is given.
public enum SQLValue: Sendable, Equatable {
  /// Nothing.
  case null
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int)
  /// A number, of which all digits are kept.
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// Bytes, which are sent as they are.
  case bytes(Data)

  /// A text, or nothing.
  public static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }

  /// A number, or nothing.
  public static func optional(_ number: Double?) -> SQLValue { number.map { .number($0) } ?? .null }

  /// The bytes that are sent, and whether these are no text; nil for null.
  var wire: (bytes: Data, isBinary: Bool)? {
    switch self {
    case .null: nil
    case .text(let text): (Data(text.utf8), false)
    case .integer(let value): (Data("\(value)".utf8), false)
    case .number(let value): (Data("\(value)".utf8), false)
    case .boolean(let value): (Data((value ? "t" : "f").utf8), false)
    case .bytes(let data): (data, true)
    }
  }
}
