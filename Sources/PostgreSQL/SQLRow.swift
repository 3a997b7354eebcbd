import CPostgreSQL
import Foundation

/// A row that a statement gave, its values by the names of its columns.
public struct SQLRow: Sendable {
  private let address: String
  private let values: [String: String]

  init(address: String, values: [String: String]) {
    self.address = address
    self.values = values
  }

  /// The text of a column; nil where it is null.
  public func optionalText(_ column: String) -> String? { values[column] }

  /// The text of a column.
  ///
  /// - Throws: ``PostgreSQLError`` where it is null.
  public func text(_ column: String) throws -> String { try value(column, "text") { $0 } }

  /// The whole number of a column.
  ///
  /// - Throws: ``PostgreSQLError`` where there is none.
  public func integer(_ column: String) throws -> Int { try value(column, "whole number") { Int($0) } }

  /// The number of a column.
  ///
  /// - Throws: ``PostgreSQLError`` where there is none.
  public func number(_ column: String) throws -> Double { try value(column, "number") { Double($0) } }

  /// The number of a column; nil where it is null.
  public func optionalNumber(_ column: String) -> Double? { values[column].flatMap { Double($0) } }

  /// Whether a column is true.
  ///
  /// - Throws: ``PostgreSQLError`` where it is neither true nor false.
  public func boolean(_ column: String) throws -> Bool {
    try value(column, "truth value") { $0 == "t" ? true : $0 == "f" ? false : nil }
  }

  /// The bytes of a column.
  ///
  /// - Throws: ``PostgreSQLError`` where there are none.
  public func bytes(_ column: String) throws -> Data {
    try value(column, "row of bytes") { text in
      var count = 0
      guard let bytes = PQunescapeBytea(text, &count) else { return nil }
      defer { PQfreemem(bytes) }
      return Data(bytes: bytes, count: count)
    }
  }

  private func value<Value>(
    _ column: String, _ wanted: String, _ read: (String) -> Value?
  ) throws -> Value {
    guard let value = values[column].flatMap(read) else {
      throw PostgreSQLError(
        "\(address): the column \(column) holds no \(wanted); the table is another than this program's")
    }
    return value
  }
}
