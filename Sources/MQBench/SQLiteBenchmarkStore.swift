import Foundation
import GRDB
import Support

/// A benchmark in an SQLite file.
///
/// Each row is committed by itself, so a process that is killed loses no more than the configuration in work;
/// several processes may add rows to one file.
public struct SQLiteBenchmarkStore: BenchmarkStore {
  /// The version of the tables.
  static let schemaVersion = 1
  /// Marks the file as a benchmark ("emqb").
  static let applicationID = 0x656D_7162

  /// What the rows have in common.
  public let description: BenchmarkDescription
  private let queue: DatabaseQueue

  /// Opens an existing benchmark.
  ///
  /// - Throws: ``BenchmarkError`` or `FileError` where the file is missing or something else.
  public init(opening path: String) throws {
    _ = try AtomicFile.read(path)
    let connection = try Self.connect(path)
    queue = connection
    let json = try Self.translate(path) {
      try connection.read { database -> String? in
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Self.applicationID else {
          return nil
        }
        return try String.fetchOne(database, sql: "SELECT description FROM benchmark")
      }
    }
    guard let json else {
      throw BenchmarkError("\(path): is an SQLite file but not a benchmark; `emq benchmark build` makes one")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      description = try decoder.decode(BenchmarkDescription.self, from: Data(json.utf8))
    } catch {
      throw BenchmarkError("\(path): is a benchmark of another version of this program")
    }
  }

  /// Opens a benchmark to add rows to, or makes one where there is no file.
  ///
  /// - Throws: ``BenchmarkError`` where the file holds rows that were measured in another way.
  public init(path: String, description: BenchmarkDescription) throws {
    if FileManager.default.fileExists(atPath: path) {
      let existing = try SQLiteBenchmarkStore(opening: path)
      guard existing.description.isComparable(to: description) else {
        throw BenchmarkError(
          "\(path): holds a benchmark of another network, other images, bits or seed; name another file",
          kind: .usage)
      }
      self = existing
      return
    }
    let connection = try Self.connect(path)
    queue = connection
    self.description = description
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(description), as: UTF8.self)
    try Self.translate(path) {
      try connection.write { database in
        try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(Self.schemaVersion)")
        try database.execute(sql: "CREATE TABLE benchmark (description TEXT NOT NULL)")
        try database.execute(sql: "INSERT INTO benchmark VALUES (?)", arguments: [json])
        try database.execute(
          sql: """
            CREATE TABLE result (
              configuration TEXT NOT NULL PRIMARY KEY, top1 REAL NOT NULL, loss REAL NOT NULL,
              agreement REAL NOT NULL, correct BLOB NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID
            """)
      }
    }
  }

  private static func connect(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(60)
    return try translate(path) {
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
      case .SQLITE_ERROR:
        throw BenchmarkError("\(path): has other tables than a benchmark; `emq benchmark build` makes one")
      default:
        throw BenchmarkError("\(path): \(error.message ?? "the database failed")", kind: .inputOutput)
      }
    }
  }

  private func translate<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.translate(queue.path, body)
  }

  /// All rows, in the order of the configurations' text.
  public func rows() throws -> [BenchmarkRow] {
    try translate {
      try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM result ORDER BY configuration").compactMap { row in
          guard let configuration = BitConfiguration(row["configuration"]) else { return nil }
          return BenchmarkRow(
            configuration: configuration, top1: row["top1"], loss: row["loss"], agreement: row["agreement"],
            bits: row["correct"], seconds: row["seconds"])
        }
      }
    }
  }

  /// The configurations that have a row.
  public func configurations() throws -> Set<BitConfiguration> {
    let texts = try translate {
      try queue.read { try String.fetchAll($0, sql: "SELECT configuration FROM result") }
    }
    return Set(texts.compactMap { BitConfiguration($0) })
  }

  /// Adds a row; one of the same configuration stays as it is.
  public func insert(_ row: BenchmarkRow) throws {
    try translate {
      try queue.write { database in
        try database.execute(
          sql: "INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            row.configuration.description, row.top1, row.loss, row.agreement, row.correct, row.seconds,
          ])
      }
    }
  }
}
