import Foundation

/// What a piece of work came to, for people and for programs.
///
/// Encoded, it is an object whose keys are the properties' names in snake case.
public protocol Report: Encodable {
  /// What people read: tables and lines.
  ///
  /// - Parameter width: characters that a line of the terminal holds, so that tables keep within it; nil for any number.
  func text(width: Int?) -> String
}

extension Report {
  /// What people read, with lines of any length.
  public var text: String { text(width: nil) }
}

/// The one way that results become JSON.
public enum JSONText {
  /// The text of a result: indented, keys in snake case and in alphabetical order.
  public static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// A value that is written as null where it is missing or not a finite number, so that every key is always there.
@propertyWrapper
public struct Nullable<Value: Encodable>: Encodable {
  /// The value.
  public var wrappedValue: Value?

  /// Wraps a value.
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  /// Writes the value, or null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch wrappedValue {
    case let number as Double where !number.isFinite: try container.encodeNil()
    case let value?: try container.encode(value)
    case nil: try container.encodeNil()
    }
  }
}

extension Nullable: Sendable where Value: Sendable {}
