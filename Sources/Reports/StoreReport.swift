import Foundation
import PostgreSQLBenchmarks
import SharedStore

/// What a store of many machines holds.
public struct StoreReport: Report {
  private let store: String
  private let tableVersion: Int
  private let benchmarks: [Benchmark]
  private let searches: [Search]

  private struct Benchmark: Encodable {
    let name: String
    @Nullable var version: String?
    let configurations, measured, claims: Int
  }

  private struct Search: Encodable {
    let name, version: String
    let tasks, finished, claims: Int
  }

  /// Looks into a store.
  public init(_ store: SharedStore) throws {
    self.store = store.name
    tableVersion = try store.tableVersion()
    benchmarks = try store.benchmarks().map {
      Benchmark(
        name: $0.name, version: $0.version, configurations: $0.configurations, measured: $0.measured,
        claims: $0.claims)
    }
    searches = try store.jobProgress(.evolution).map {
      Search(
        name: $0.job.name, version: $0.job.version, tasks: $0.tasks, finished: $0.finished, claims: $0.claims)
    }
  }

  /// Tables of the benchmarks and the searches.
  public func text(width: Int?) -> String {
    let tables = (benchmarks.isEmpty ? [] : [benchmarkTable]) + (searches.isEmpty ? [] : [searchTable])
    guard !tables.isEmpty else {
      return "\(store): tables of version \(tableVersion), no benchmarks or searches"
    }
    return tables.map { $0.rendered(width: width) }.joined(separator: "\n\n")
  }

  private var searchTable: Table {
    var table = Table(columns: [
      ("search", "name"), ("emq", "version"), ("tasks", "tasks"), ("finished", "finished"),
      ("claims", "claims"),
    ])
    for search in searches {
      table.append([
        .text(search.name), .text(search.version), .integer(search.tasks), .integer(search.finished),
        .integer(search.claims),
      ])
    }
    return table
  }

  private var benchmarkTable: Table {
    var table = Table(columns: [
      ("benchmark", "name"), ("emq", "version"), ("configurations", "configurations"),
      ("measured", "measured"),
      ("claims", "claims"),
    ])
    for benchmark in benchmarks {
      table.append([
        .text(benchmark.name), .text(benchmark.version ?? "–"), .integer(benchmark.configurations),
        .integer(benchmark.measured), .integer(benchmark.claims),
      ])
    }
    return table
  }
}
