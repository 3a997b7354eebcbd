import Foundation
import PostgreSQLBenchmarks
import SharedStore

/// What a store of many machines holds.
public struct StoreReport: Report {
  private let store: String
  private let tableVersion: Int
  private let benchmarks: [Benchmark]

  private struct Benchmark: Encodable {
    let name: String
    @Nullable var version: String?
    let configurations, measured, claims: Int
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
  }

  /// A table of the benchmarks.
  public func text(width: Int?) -> String {
    guard !benchmarks.isEmpty else { return "\(store): tables of version \(tableVersion), no benchmarks" }
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
    return table.rendered(width: width)
  }
}
