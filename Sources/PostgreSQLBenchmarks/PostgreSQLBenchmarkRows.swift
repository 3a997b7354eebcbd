import Benchmarks
import BitModel
import Foundation
import PostgreSQL
import Quantization

extension PostgreSQLBenchmarkStore {
  /// All rows, in the order of the configurations' text.
  public func rows() throws -> [BenchmarkRow] {
    try store.client.run { connection in
      try connection.run(
        "SELECT * FROM emq.result WHERE \(Self.own) ORDER BY configuration COLLATE \"C\"", key
      ).map { row in
        let text = try row.text("configuration")
        guard let configuration = BitConfiguration(text),
          let role = BenchmarkRow.Role(rawValue: try row.text("role")),
          configuration.count == description.costs.layers.count
        else { throw BenchmarkError("\(name): the row of configuration '\(text)' is damaged; delete it") }
        return BenchmarkRow(
          configuration: configuration, role: role, top1: try row.number("top1"),
          loss: try row.number("loss"),
          divergence: try row.number("kl"), agreement: try row.number("agreement"),
          correct: try row.bytes("correct"),
          groups: ImageGroups(
            agreements: try row.bytes("agreement_by_group").floats,
            losses: try row.bytes("loss_by_group").floats,
            divergences: try row.bytes("kl_by_group").floats), seconds: row.optionalNumber("seconds"))
      }
    }
  }

  /// The configurations that have a row.
  public func configurations() throws -> Set<BitConfiguration> {
    let texts = try store.client.run { connection in
      try connection.run("SELECT configuration FROM emq.result WHERE \(Self.own)", key).map {
        try $0.text("configuration")
      }
    }
    return Set(texts.compactMap { BitConfiguration($0) })
  }

  /// Adds a row, and with it ends the claim; one of the same configuration stays as it is.
  public func insert(_ row: BenchmarkRow) throws {
    if let job = benchmark.job {
      try store.finish(job: job, task: row.configuration.description) { try insert(row, on: $0) }
    } else {
      try store.client.run { try insert(row, on: $0) }
    }
    if let claim = state.withLock({ $0.claims.removeValue(forKey: row.configuration) }) {
      keeper.leave(claim.lease)
    }
  }

  /// Adds rows, all or none.
  public func insert(_ rows: [BenchmarkRow]) throws {
    try store.client.run { connection in
      try connection.transaction { for row in rows { try insert(row, on: connection) } }
    }
  }

  private func insert(_ row: BenchmarkRow, on connection: PostgreSQLConnection) throws {
    let values: [SQLValue] = [
      .text(row.configuration.description), .optional(benchmark.version), .text(row.role.rawValue),
      .number(row.top1), .number(row.loss), .number(row.divergence), .number(row.agreement),
      .bytes(row.correct), .bytes(Data(floats: row.groups.agreements)),
      .bytes(Data(floats: row.groups.losses)),
      .bytes(Data(floats: row.groups.divergences)), .optional(row.seconds),
    ]
    let places = (1...key.count + values.count).map { "$\($0)" }.joined(separator: ", ")
    try connection.run("INSERT INTO emq.result VALUES (\(places)) ON CONFLICT DO NOTHING", key + values)
  }

  /// The rounded weight of a layer at some bits; nil where it is not kept.
  public func weight(layer: Int, bits: Int) throws -> StoredWeight? {
    try store.client.run { connection in
      try connection.run(
        "SELECT * FROM emq.weight WHERE \(Self.own) AND layer = $4 AND bits = $5",
        key + [.integer(layer), .integer(bits)]
      ).first.map { row in
        StoredWeight(
          levels: try row.bytes("levels"), scales: try row.bytes("scales").floats,
          zeros: try row.bytes("zeros").floats)
      }
    }
  }

  /// Keeps a rounded weight; one of the same layer and bits stays as it is.
  public func keep(_ weight: StoredWeight, layer: Int, bits: Int) throws {
    try store.client.run {
      _ = try $0.run(
        "INSERT INTO emq.weight VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        key + [
          .integer(layer), .integer(bits), .bytes(weight.levels), .bytes(Data(floats: weight.scales)),
          .bytes(Data(floats: weight.zeros)),
        ])
    }
  }
}
