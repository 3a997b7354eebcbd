import Foundation
import GRDB
import Quantization
import Support

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
  private let queue: DatabaseQueue
  private let key: Key

  /// What rows are kept under, beside the configuration.
  private struct Key: Sendable {
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
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == Self.schemaVersion else {
          throw BenchmarkError(
            "\(path): has tables of version \(version); this program reads version \(Self.schemaVersion), so build it anew"
          )
        }
        return try String.fetchOne(database, sql: "SELECT description FROM benchmark")
      }
    }
    guard let json else {
      throw BenchmarkError("\(path): is an SQLite file but not a benchmark; `emq benchmark build` makes one")
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

  private static func connect(_ path: String, as name: String? = nil) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(20)
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
        throw BenchmarkError("\(path): has other tables than a benchmark; `emq benchmark build` makes one")
      default:
        throw BenchmarkError("\(path): \(error.message ?? "the database failed")", kind: .inputOutput)
      }
    }
  }

  private func translate<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.translate(queue.path, body)
  }
}

extension SQLiteBenchmarkStore {
  private static let ownRows = "network = ? AND protocol = ? AND seed = ?"

  /// All rows, in the order of the configurations' text.
  public func rows() throws -> [BenchmarkRow] {
    try translate {
      try queue.read { database in
        try Row.fetchAll(
          database, sql: "SELECT * FROM result WHERE \(Self.ownRows) ORDER BY configuration",
          arguments: StatementArguments(key.arguments)
        ).map { row in
          let text: String = row["configuration"]
          guard let configuration = BitConfiguration(text),
            let role = BenchmarkRow.Role(rawValue: row["role"]),
            configuration.weightBits.count == description.costs.layers.count
          else {
            throw BenchmarkError(
              "\(queue.path): the row of configuration '\(text)' is damaged; build it anew")
          }
          return BenchmarkRow(
            configuration: configuration, role: role, top1: row["top1"], loss: row["loss"],
            divergence: row["kl"], agreement: row["agreement"], correct: row["correct"],
            groups: ImageGroups(
              agreements: floats(row["agreement_by_group"]), losses: floats(row["loss_by_group"]),
              divergences: floats(row["kl_by_group"])), seconds: row["seconds"])
        }
      }
    }
  }

  /// The configurations that have a row.
  public func configurations() throws -> Set<BitConfiguration> {
    try translate { try queue.read { try measured($0) } }
  }

  private func measured(_ database: Database) throws -> Set<BitConfiguration> {
    let texts = try String.fetchAll(
      database, sql: "SELECT configuration FROM result WHERE \(Self.ownRows)",
      arguments: StatementArguments(key.arguments))
    return Set(texts.compactMap { BitConfiguration($0) })
  }

  /// Chooses the first configuration that has no row and that no living process has marked, and marks it.
  public func claim(_ configurations: [BitConfiguration]) throws -> BenchmarkClaim {
    try translate {
      try queue.write { database in
        let known = try measured(database)
        let now = Date().timeIntervalSince1970
        var taken = Set<BitConfiguration>()
        for row in try Row.fetchAll(database, sql: "SELECT * FROM claim") {
          let process: Int32 = row["process"]
          let began: Double = row["began"]
          guard process != getpid(), now - began < Self.claimLifetime,
            kill(process, 0) == 0 || errno == EPERM,
            let configuration = BitConfiguration(row["configuration"])
          else { continue }
          taken.insert(configuration)
        }
        let left = configurations.filter { !known.contains($0) }
        guard let next = left.first(where: { !taken.contains($0) }) else {
          return left.isEmpty ? .nothing : .wait
        }
        try mark(next, process: getpid(), in: database)
        return .configuration(next)
      }
    }
  }

  /// Marks a configuration as being measured by a process.
  package func mark(_ configuration: BitConfiguration, process: Int32) throws {
    try translate { try queue.write { try mark(configuration, process: process, in: $0) } }
  }

  private func mark(_ configuration: BitConfiguration, process: Int32, in database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO claim VALUES (?, ?, ?)",
      arguments: [configuration.description, process, Date().timeIntervalSince1970])
  }

  /// Adds a row; one of the same configuration stays as it is.
  public func insert(_ row: BenchmarkRow) throws {
    try insert([row])
  }

  /// Adds rows, all or none.
  public func insert(_ rows: [BenchmarkRow]) throws {
    try translate {
      try queue.write { database in
        for row in rows {
          let values: [(any DatabaseValueConvertible)?] = [
            row.configuration.description, row.role.rawValue, row.top1, row.loss, row.divergence,
            row.agreement,
            row.correct, data(row.groups.agreements), data(row.groups.losses),
            data(row.groups.divergences), row.seconds,
          ]
          try database.execute(
            sql: "INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments(key.arguments + values))
          try database.execute(
            sql: "DELETE FROM claim WHERE configuration = ?", arguments: [row.configuration.description])
        }
      }
    }
  }

  /// The rounded weight of a layer at some bits; nil where it is not kept.
  public func weight(layer: Int, bits: Int) throws -> StoredWeight? {
    try translate {
      try queue.read { database in
        try Row.fetchOne(
          database, sql: "SELECT * FROM weight WHERE \(Self.ownRows) AND layer = ? AND bits = ?",
          arguments: StatementArguments(key.arguments + [layer, bits])
        ).map { StoredWeight(levels: $0["levels"], scales: floats($0["scales"]), zeros: floats($0["zeros"])) }
      }
    }
  }

  /// Keeps a rounded weight; one of the same layer and bits stays as it is.
  public func keep(_ weight: StoredWeight, layer: Int, bits: Int) throws {
    try translate {
      try queue.write { database in
        let values: [any DatabaseValueConvertible] = [
          layer, bits, weight.levels, data(weight.scales), data(weight.zeros),
        ]
        try database.execute(
          sql: "INSERT OR IGNORE INTO weight VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: StatementArguments(key.arguments + values))
      }
    }
  }

  private func data(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

  private func floats(_ data: Data) -> [Float] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
