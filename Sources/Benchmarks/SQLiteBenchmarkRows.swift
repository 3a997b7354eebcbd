import BitModel
import Foundation
import GRDB
import Quantization

extension SQLiteBenchmarkStore {
  static let ownRows = "network = ? AND protocol = ? AND seed = ?"

  /// All rows, in the order of the configurations' text.
  public func rows() throws -> [BenchmarkRow] {
    try translate {
      try queue.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT configuration, role, top1, loss, kl, agreement, correct, agreement_by_group, loss_by_group, \
            kl_by_group, seconds FROM result WHERE \(Self.ownRows) ORDER BY configuration
            """,
          arguments: StatementArguments(key.arguments)
        ).map { row in
          let text = String.fromDatabaseValue(row["configuration"]) ?? ""
          // Files of others may hold anything.
          func number(_ column: String) -> Double? { Double.fromDatabaseValue(row[column]) }
          func bytes(_ column: String) -> Data? { Data.fromDatabaseValue(row[column]) }
          guard let configuration = BitConfiguration(text),
            let role = String.fromDatabaseValue(row["role"]).flatMap({ BenchmarkRow.Role(rawValue: $0) }),
            configuration.weightBits.count == description.costs.layers.count, let top1 = number("top1"),
            let loss = number("loss"), let divergence = number("kl"), let agreement = number("agreement"),
            let correct = bytes("correct"), let agreements = bytes("agreement_by_group"),
            let losses = bytes("loss_by_group"), let divergences = bytes("kl_by_group")
          else {
            throw BenchmarkError(
              "\(queue.path): the row of configuration '\(text)' is damaged; build it anew")
          }
          return BenchmarkRow(
            configuration: configuration, role: role, top1: top1, loss: loss, divergence: divergence,
            agreement: agreement, correct: correct,
            groups: ImageGroups(
              agreements: agreements.floats, losses: losses.floats, divergences: divergences.floats),
            seconds: number("seconds"))
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
        for row in try Row.fetchAll(database, sql: "SELECT configuration, process, began FROM claim") {
          guard let process = Int32.fromDatabaseValue(row["process"]),
            let began = Double.fromDatabaseValue(row["began"]),
            let text = String.fromDatabaseValue(row["configuration"]), process != getpid(),
            now - began < Self.claimLifetime,
            kill(process, 0) == 0 || errno == EPERM,
            let configuration = BitConfiguration(text)
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
            row.correct, Data(floats: row.groups.agreements), Data(floats: row.groups.losses),
            Data(floats: row.groups.divergences), row.seconds,
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
        guard
          let row = try Row.fetchOne(
            database,
            sql: "SELECT levels, scales, zeros FROM weight WHERE \(Self.ownRows) AND layer = ? AND bits = ?",
            arguments: StatementArguments(key.arguments + [layer, bits]))
        else { return nil }
        func bytes(_ column: String) -> Data? { Data.fromDatabaseValue(row[column]) }
        guard let levels = bytes("levels"), let scales = bytes("scales"), let zeros = bytes("zeros") else {
          throw BenchmarkError(
            "\(queue.path): the weight of layer \(layer) at \(bits) bits is damaged; build it anew")
        }
        return StoredWeight(levels: levels, scales: scales.floats, zeros: zeros.floats)
      }
    }
  }

  /// Keeps a rounded weight; one of the same layer and bits stays as it is.
  public func keep(_ weight: StoredWeight, layer: Int, bits: Int) throws {
    try translate {
      try queue.write { database in
        let values: [any DatabaseValueConvertible] = [
          layer, bits, weight.levels, Data(floats: weight.scales), Data(floats: weight.zeros),
        ]
        try database.execute(
          sql: "INSERT OR IGNORE INTO weight VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: StatementArguments(key.arguments + values))
      }
    }
  }
}
