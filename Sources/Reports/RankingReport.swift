import Foundation
import RankStatistics
import Studies

/// Rankings of proxies on benchmarks.
public struct RankingReport: Report {
  private enum CodingKeys: String, CodingKey { case benchmarks }

  /// A benchmark with its rows.
  public typealias Ranking = (ranking: ProxyRanking, rows: [ProxyRanking.Row])

  private struct Benchmark: Encodable {
    let name, truth: String
    let configurations, replicates: Int
    let rows: [Row]
  }

  private struct Row: Encodable {
    let row: ProxyRanking.Row

    private enum CodingKeys: String, CodingKey { case name, kind, seconds, forwardPasses }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row.name, forKey: .name)
      try container.encode(row.kind, forKey: .kind)
      try container.encode(Nullable(wrappedValue: row.seconds), forKey: .seconds)
      try container.encode(Nullable(wrappedValue: row.relativeCost), forKey: .forwardPasses)
      var metrics = encoder.container(keyedBy: RankingMetric.self)
      for metric in RankingMetric.allCases {
        try metrics.encode(
          Nullable(wrappedValue: row.estimates[metric].map(EstimateReport.init)), forKey: metric)
      }
    }
  }

  private let benchmarks: [Benchmark]
  /// The benchmarks with their rows.
  public let rankings: [Ranking]
  private let metrics: [RankingMetric]

  /// Makes a report.
  ///
  /// - Parameter metrics: those that tables show.
  public init(_ rankings: [Ranking], metrics: [RankingMetric]) {
    self.rankings = rankings
    self.metrics = metrics
    benchmarks = rankings.map { ranking, rows in
      let benchmark = ranking.benchmark
      return Benchmark(
        name: benchmark.name, truth: benchmark.truth.measure.rawValue, configurations: benchmark.rows.count,
        replicates: benchmark.statistics.count, rows: rows.map(Row.init))
    }
  }

  /// A table for each benchmark, and one for all.
  public func text(width: Int?) -> String {
    // A formula may be long; the whole of it is in the other forms.
    var parts = rankings.map {
      $0.ranking.caption + "\n\n" + table($0.rows, longestName: 60).rendered(width: width)
    }
    if let summary { parts.append("ρ@100% on all of them\n\n" + summary.rendered(width: width)) }
    return parts.joined(separator: "\n\n")
  }

  /// The same as `tabular`s of LaTeX.
  public var latex: String {
    var parts = rankings.map { "% \($0.ranking.caption)\n" + table($0.rows, longestName: 60).latex() }
    if let summary { parts.append("% rho@100% on all of them\n" + summary.latex()) }
    return parts.joined(separator: "\n")
  }

  /// A row for each who ranks, with the metrics and what they cost.
  ///
  /// - Parameter longestName: letters of a name that are shown at most.
  public func table(_ rows: [ProxyRanking.Row], longestName: Int = .max) -> Table {
    var columns = [(title: "proxy", key: "name"), (title: "kind", key: "kind")]
    for metric in metrics {
      columns.append((metric.title, metric.rawValue))
      if metric == .rho100 { columns.append(("95 %", "interval")) }
    }
    columns += [("seconds", "seconds"), ("x forward", "forward_passes")]
    var table = Table(columns: columns)
    for row in rows {
      var cells: [Table.Cell] = [
        .text(row.name.count > longestName ? row.name.prefix(longestName - 1) + "…" : row.name),
        .text(row.kind),
      ]
      for metric in metrics {
        let estimate = row.estimates[metric]
        cells.append(Table.Cell(estimate?.mean, decimals: metric == .regret ? 4 : 3))
        guard metric == .rho100 else { continue }
        let interval = estimate.flatMap { $0.lower < $0.upper ? $0 : nil }
        cells.append(interval.map { .text(EstimateReport($0).interval) } ?? .missing)
      }
      cells += [Table.Cell(row.seconds, decimals: 2), Table.Cell(row.relativeCost, decimals: 1)]
      table.append(cells)
    }
    return table
  }

  /// ρ@100 % in a row for each proxy and a column for each benchmark; nil where there is one benchmark alone.
  public var summary: Table? {
    guard rankings.count > 1 else { return nil }
    var table = Table(
      columns: [("proxy", "name")] + rankings.map { ($0.ranking.benchmark.name, $0.ranking.benchmark.name) })
    for name in rankings[0].rows.map(\.name) {
      table.append(
        [.text(name)]
          + rankings.map { ranking in
            let row = ranking.rows.first { $0.name == name }
            return Table.Cell(row?.estimates[.rho100]?.mean, decimals: 3)
          })
    }
    return table
  }

  /// A line for each benchmark and proxy, with all metrics and their intervals.
  public var csv: String {
    var columns = ["benchmark", "truth", "proxy", "kind"].map { (title: $0, key: $0) }
    for metric in RankingMetric.allCases {
      columns += ["", "_lower", "_upper"].map { (metric.title, metric.rawValue + $0) }
    }
    columns += [("seconds", "seconds"), ("x forward", "forward_passes")]
    var table = Table(columns: columns)
    for (ranking, rows) in rankings {
      let benchmark = ranking.benchmark
      for row in rows {
        var cells: [Table.Cell] = [
          .text(benchmark.name), .text(benchmark.truth.measure.rawValue), .text(row.name), .text(row.kind),
        ]
        for metric in RankingMetric.allCases {
          let estimate = row.estimates[metric]
          cells += [estimate?.mean, estimate?.lower, estimate?.upper].map { Table.Cell($0, decimals: 4) }
        }
        table.append(
          cells + [Table.Cell(row.seconds, decimals: 2), Table.Cell(row.relativeCost, decimals: 1)])
      }
    }
    return table.csv()
  }
}

extension RankingMetric: CodingKey {}

/// An estimate with its interval.
struct EstimateReport: Encodable, Sendable {
  let mean, lower, upper: Double

  init(_ estimate: RankingEstimate) {
    mean = estimate.mean
    lower = estimate.lower
    upper = estimate.upper
  }

  /// The interval in words.
  var interval: String { String(format: "%.2f – %.2f", lower, upper) }
}
