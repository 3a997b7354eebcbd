import CPostgreSQL
import Foundation
import Synchronization

/// A connection with a database, on which one statement runs at a time.
public final class PostgreSQLConnection: Sendable {
  /// Where the database is.
  public let address: PostgreSQLAddress
  private let handle: Mutex<OpaquePointer?>

  /// What libpq is told where the URL does not say it: a connection that died without a word is noticed within half a minute.
  private static let defaults = [
    ("connect_timeout", "10"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
    ("keepalives_count", "3"), ("tcp_user_timeout", "30000"), ("fallback_application_name", "emq"),
    ("client_encoding", "UTF8"),
  ]

  /// Connects.
  ///
  /// - Throws: ``PostgreSQLError`` of kind `unavailable` saying why that was not possible.
  public init(_ address: PostgreSQLAddress) throws {
    self.address = address
    let names = Self.defaults.map(\.0) + ["dbname"]
    let values = Self.defaults.map(\.1) + [address.url]
    let connection = Self.withTexts(names) { names in
      Self.withTexts(values) { PQconnectdbParams(names, $0, 1) }
    }
    let isOpen = PQstatus(connection) == CONNECTION_OK
    let reason = PQerrorMessage(connection).map { String(cString: $0) } ?? "there is no memory for it"
    // Notices are of no use to who does not write SQL.
    if isOpen { PQsetNoticeProcessor(connection, { _, _ in }, nil) }
    handle = Mutex(connection)
    guard isOpen else {
      throw PostgreSQLError(
        "\(address.url): cannot be reached: \(reason)", kind: .unavailable, isConnectionLost: true)
    }
  }

  deinit { handle.withLock { PQfinish($0) } }

  /// Runs a statement.
  ///
  /// - Parameters:
  ///   - statement: one statement, with `$1`, `$2` … where values belong.
  ///   - values: the values.
  /// - Returns: the rows that it gives.
  /// - Throws: ``PostgreSQLError``.
  @discardableResult
  public func run(_ statement: String, _ values: [SQLValue] = []) throws -> [SQLRow] {
    let wires = values.map(\.wire)
    return try handle.withLock { connection in
      let result = Self.withBytes(wires.map { $0?.bytes }) { pointers in
        PQexecParams(
          connection, statement, Int32(values.count), nil, pointers,
          wires.map { Int32($0?.bytes.count ?? 0) },
          wires.map { $0?.isBinary == true ? 1 : 0 }, 0)
      }
      defer { PQclear(result) }
      try check(result, of: connection)
      return rows(of: result)
    }
  }

  /// Runs statements that are divided by semicolons and take no values.
  ///
  /// - Throws: ``PostgreSQLError``.
  public func runScript(_ statements: String) throws {
    try handle.withLock { connection in
      let result = PQexec(connection, statements)
      defer { PQclear(result) }
      try check(result, of: connection)
    }
  }

  /// Runs `body` in a transaction, which is undone where it throws.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // Where the connection is gone the server does it by itself.
      _ = try? run("ROLLBACK")
      throw error
    }
  }

  private func check(_ result: OpaquePointer?, of connection: OpaquePointer?) throws {
    let status = PQresultStatus(result)
    if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY { return }
    func field(_ letter: Character) -> String? {
      PQresultErrorField(result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
    }
    let message = field("M") ?? PQerrorMessage(connection).map { String(cString: $0) } ?? "it failed"
    throw PostgreSQLError(
      state: field("C") ?? "", message: message, address: address.url,
      isConnectionLost: PQstatus(connection) != CONNECTION_OK)
  }

  private func rows(of result: OpaquePointer?) -> [SQLRow] {
    let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    return (0..<PQntuples(result)).map { row in
      var values: [String: String] = [:]
      for (column, name) in columns.enumerated() where PQgetisnull(result, row, Int32(column)) == 0 {
        values[name] = String(cString: PQgetvalue(result, row, Int32(column)))
      }
      return SQLRow(address: address.url, values: values)
    }
  }

  private static func withTexts<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    withBytes(texts.map { Data($0.utf8) } + [nil], body)
  }

  /// C strings of bytes for as long as `body` runs, each with a zero behind it.
  private static func withBytes<Result>(
    _ values: [Data?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let buffers = values.map { value in
      value.map { data in
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count + 1, alignment: 1)
        buffer.copyBytes(from: data)
        buffer[data.count] = 0
        return buffer
      }
    }
    defer { for buffer in buffers { buffer?.deallocate() } }
    let pointers = buffers.map { UnsafePointer($0?.baseAddress?.assumingMemoryBound(to: CChar.self)) }
    return pointers.withUnsafeBufferPointer { list in
      // There is always a pointer to give, also where there are no values.
      guard let base = list.baseAddress else {
        return withUnsafePointer(to: nil as UnsafePointer<CChar>?) { body($0) }
      }
      return body(base)
    }
  }
}
