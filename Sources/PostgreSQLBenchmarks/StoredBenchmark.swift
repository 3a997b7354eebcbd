import Benchmarks
import Foundation
import PostgreSQL
import SharedStore

/// A benchmark in a store of several.
public struct StoredBenchmark: Sendable, Equatable {
  /// What it is called in the store.
  public let name: String
  /// What its rows have in common.
  public let description: BenchmarkDescription
  /// The version of the program whose rows it takes; nil where its rows were imported, of which that is not known.
  public let version: String?
  /// The number of the job that it is built by; nil where it was imported.
  public let job: Int?
  /// The digest of the file of its statistics; nil where there is none.
  public let statistics: String?
  /// Configurations that are to be measured or are so.
  public let configurations: Int
  /// Configurations that have a row.
  public let measured: Int
  /// How often configurations were taken by workers, those of killed ones included.
  public let claims: Int

  init(_ row: SQLRow, store: String) throws {
    name = try row.text("name")
    guard
      let known = try? BenchmarkDescription.decoder.decode(
        BenchmarkDescription.self, from: Data(row.text("description").utf8))
    else {
      throw BenchmarkError("\(store)#\(name): is a benchmark of another version of this program")
    }
    description = known
    version = row.optionalText("version")
    job = row.optionalText("job").flatMap { Int($0) }
    statistics = row.optionalText("statistics")
    measured = try row.integer("measured")
    configurations = max(measured, try row.integer("tasks"))
    claims = try row.integer("claims")
  }
}

extension SharedStore {
  /// All benchmarks, by name.
  public func benchmarks() throws -> [StoredBenchmark] {
    try client.run { connection in
      try connection.run(
        """
        SELECT name, description, version, job, statistics,
          (SELECT count(*) FROM emq.result WHERE (network, protocol, seed)
            = (benchmark.network, benchmark.protocol, benchmark.seed)) AS measured,
          (SELECT count(*) FROM emq.task WHERE task.job = benchmark.job) AS tasks,
          (SELECT coalesce(sum(claims), 0) FROM emq.task WHERE task.job = benchmark.job) AS claims
        FROM emq.benchmark ORDER BY name COLLATE "C"
        """
      ).map { try StoredBenchmark($0, store: self.name) }
    }
  }

  /// The benchmark of a name, or the only one there is.
  ///
  /// - Parameter name: nil for the only one.
  /// - Throws: `BenchmarkError` listing the names there are.
  public func benchmark(named name: String?) throws -> StoredBenchmark {
    let all = try benchmarks()
    if let found = name.map({ name in all.first { $0.name == name } }) ?? (all.count == 1 ? all.first : nil) {
      return found
    }
    guard !all.isEmpty else {
      throw BenchmarkError(
        "\(self.name): holds no benchmark; emq benchmark build --store puts one in", kind: .noInput)
    }
    let names = all.prefix(20).map { "\(self.name)#\($0.name)" }.joined(separator: ", ")
    throw BenchmarkError(
      "\(self.name): \(name.map { "has no benchmark \($0)" } ?? "holds \(all.count) benchmarks, of which one has to be named"); there are \(names)",
      kind: name == nil ? .usage : .noInput)
  }
}
