import Foundation
import Foundations
import GRDB
import Quantization

/// A benchmark in an SQLite file.
///
/// Each row is committed by itself, so a process that is killed loses no more than the configuration in work.
/// Several processes of one host may work on one file: each marks what it is measuring, and the marks of processes
/// that are no more are void.
public struct SQLiteBenchmarkStore: BenchmarkStore {
  /// The version of the tables.
  static let schemaVersion = 2
  /// Marks the file as a benchmark ("emqb").
  static let applicationID = 0x656D_7162
  /// Seconds after which a mark is void even if a process of its number lives.
  static let claimLifetime = 3600.0

  /// What the rows have in common.
  public let description: BenchmarkDescription
  let queue: DatabaseQueue
  let key: Key

  /// What rows are kept under, beside the configuration.
  struct Key: Sendable {
    let network: String
    let measurement: String
    let seed: Int64

    init(_ description: BenchmarkDescription) throws {
      network = description.network
      measurement = try description.protocolDigest()
      seed = Int64(bitPattern: description.seed)
    }

    var arguments: [any DatabaseValueConvertible] { [network, measurement, seed] }
  }

  /// Opens an existing benchmark.
  ///
  /// - Parameters:
  ///   - path: the benchmark's file.
  ///   - isReadOnly: whether nothing is ever written, not even to mend what a killed process left; who builds the
  ///     benchmark is then kept waiting no longer than a read takes.
  /// - Throws: ``BenchmarkError`` or `FileError` where the file is missing or something else.
  public init(opening path: String, isReadOnly: Bool = false) throws {
    _ = try AtomicFile.read(path)
    let connection = try Self.connect(path, isReadOnly: isReadOnly)
    queue = connection
    let json = try Self.translate(path) {
      try connection.read { database -> String? in
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Self.applicationID else {
          return nil
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == Self.schemaVersion else {
          throw BenchmarkError(
            "\(path): has tables of version \(version); this program reads version \(Self.schemaVersion), so build it anew"
          )
        }
        try Self.requirePlainTables(database, path)
        let value = try DatabaseValue.fetchOne(database, sql: "SELECT description FROM benchmark")
        return value.flatMap { String.fromDatabaseValue($0) }
      }
    }
    guard let json else {
      throw BenchmarkError("\(path): is an SQLite file but not a benchmark")
    }
    do {
      description = try BenchmarkDescription.decoder.decode(BenchmarkDescription.self, from: Data(json.utf8))
    } catch {
      throw BenchmarkError("\(path): is a benchmark of another version of this program")
    }
    key = try Key(description)
  }

  /// Opens a benchmark to add rows to, or makes one where there is no file.
  ///
  /// - Throws: ``BenchmarkError`` where the file holds rows that were measured in another way.
  public init(path: String, description: BenchmarkDescription) throws {
    if FileManager.default.fileExists(atPath: path) {
      let existing = try SQLiteBenchmarkStore(opening: path)
      if let difference = try existing.description.difference(from: description) {
        throw BenchmarkError("\(path): holds a benchmark of \(difference); name another file", kind: .usage)
      }
      self = existing
      return
    }
    let json = String(decoding: try BenchmarkDescription.encoder.encode(description), as: UTF8.self)
    let key = try Key(description)
    // The tables are made beside, so that no other process sees them half made; where two processes do this at
    // once, the file of the first one stays.
    try AtomicFile.create(path) { temporary in
      let connection = try Self.connect(temporary, as: path)
      try Self.translate(path) {
        try connection.write { try Self.makeTables($0, json: json, key: key) }
        try connection.close()
      }
    }
    try self.init(opening: path)
  }

  /// Checks that rows are what the file holds: a view, or a column that is computed, may take any time and memory.
  private static func requirePlainTables(_ database: Database, _ path: String) throws {
    for table in ["benchmark", "result", "weight", "claim"] {
      let kind = try String.fetchOne(
        database, sql: "SELECT type FROM sqlite_master WHERE name = ?", arguments: [table])
      let computed = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden <> 0", arguments: [table])
      guard kind == "table", computed == 0 else {
        throw BenchmarkError(
          "\(path): has \(kind ?? "no table") \(table); a table of plain columns is needed")
      }
    }
  }

  private static func makeTables(_ database: Database, json: String, key: Key) throws {
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(schemaVersion)")
    let identity = "network TEXT NOT NULL, protocol TEXT NOT NULL, seed INTEGER NOT NULL"
    try database.execute(
      sql:
        "CREATE TABLE benchmark (\(identity), description TEXT NOT NULL, PRIMARY KEY (network, protocol, seed))"
    )
    try database.execute(
      sql: "INSERT INTO benchmark VALUES (?, ?, ?, ?)", arguments: StatementArguments(key.arguments + [json]))
    try database.execute(
      sql: """
        CREATE TABLE result (
          \(identity), configuration TEXT NOT NULL, role TEXT NOT NULL, top1 REAL NOT NULL, loss REAL NOT NULL,
          kl REAL NOT NULL, agreement REAL NOT NULL, correct BLOB NOT NULL, agreement_by_group BLOB NOT NULL,
          loss_by_group BLOB NOT NULL, kl_by_group BLOB NOT NULL, seconds REAL,
          PRIMARY KEY (network, protocol, seed, configuration)) WITHOUT ROWID
        """)
    try database.execute(
      sql: """
        CREATE TABLE weight (
          \(identity), layer INTEGER NOT NULL, bits INTEGER NOT NULL, levels BLOB NOT NULL,
          scales BLOB NOT NULL, zeros BLOB NOT NULL, PRIMARY KEY (network, protocol, seed, layer, bits))
        """)
    try database.execute(
      sql: """
        CREATE TABLE claim (
          configuration TEXT NOT NULL PRIMARY KEY, process INTEGER NOT NULL, began REAL NOT NULL) WITHOUT ROWID
        """)
  }

  private static func connect(
    _ path: String, as name: String? = nil, isReadOnly: Bool = false
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(isReadOnly ? 0.2 : 20)
    configuration.readonly = isReadOnly
    return try translate(name ?? path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
      return queue
    }
  }

  /// Runs `body` and says database errors in this module's words.
  private static func translate<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        throw BenchmarkError("\(path): is not an SQLite file, or is damaged; a benchmark is needed")
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
        throw BenchmarkError(
          "\(path): cannot be created or written; name a file in a folder you may write to",
          kind: .cannotCreate)
      case .SQLITE_FULL, .SQLITE_IOERR:
        throw BenchmarkError("\(path): the disk is full or failing; rows so far are kept", kind: .inputOutput)
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        throw BenchmarkError(
          "\(path): is locked by another program; try again when that has finished", kind: .inputOutput)
      case .SQLITE_ERROR:
        throw BenchmarkError("\(path): has other tables than a benchmark")
      default:
        throw BenchmarkError("\(path): \(error.message ?? "the database failed")", kind: .inputOutput)
      }
    } catch let error as any DescribedError {
      throw error
    } catch {
      throw BenchmarkError("\(path): holds values of other types than a benchmark's; build it anew")
    }
  }

  func translate<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.translate(queue.path, body)
  }
}
