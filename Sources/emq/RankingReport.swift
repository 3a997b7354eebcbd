import Benchmarks
import Foundation
import RankStatistics
import Reports
import Studies

/// Rankings of proxies on benchmarks, printed in one of several forms.
struct RankingReport {
  let rankings: [(benchmark: RankedBenchmark, rows: [RankedBenchmark.Row])]
  let metrics: [RankingMetric]

  func print(_ format: RankCommand.Format) throws {
    switch format {
    case .json:
      Console.output(try JSONValue.object(["benchmarks": .list(rankings.map(json))]).rendered())
    case .csv: Console.output(csv().csv())
    case .table:
      for (index, ranking) in rankings.enumerated() {
        Console.output((index > 0 ? "\n" : "") + ranking.benchmark.caption + "\n")
        Console.output(table(ranking.rows).rendered())
      }
      if rankings.count > 1 { Console.output("\nρ@100% on all of them\n\n" + summary().rendered()) }
    case .latex:
      for ranking in rankings {
        Console.output("% \(ranking.benchmark.caption)\n" + table(ranking.rows).latex())
      }
      if rankings.count > 1 { Console.output("% rho@100% on all of them\n" + summary().latex()) }
    }
  }

  private func table(_ rows: [RankedBenchmark.Row]) -> Table {
    var columns = [(title: "proxy", key: "name"), (title: "kind", key: "kind")]
    for metric in metrics {
      columns.append((metric.title, metric.rawValue))
      if metric == .rho100 { columns.append(("95 %", "interval")) }
    }
    columns += [("seconds", "seconds"), ("x forward", "forward_passes")]
    var table = Table(columns: columns)
    for row in rows {
      // A formula may be long; the whole of it is in the other forms.
      var cells: [Table.Cell] = [
        .text(row.name.count > 60 ? row.name.prefix(59) + "…" : row.name), .text(row.kind),
      ]
      for metric in metrics {
        let estimate = row.estimates[metric]
        cells.append(number(estimate?.mean, decimals: metric == .regret ? 4 : 3))
        guard metric == .rho100 else { continue }
        let isEstimated = estimate.map { $0.lower < $0.upper } ?? false
        cells.append(
          isEstimated
            ? estimate.map { .text("\(short($0.lower)) – \(short($0.upper))") } ?? .missing : .missing)
      }
      cells += [number(row.seconds, decimals: 2), number(row.relativeCost, decimals: 1)]
      table.append(cells)
    }
    return table
  }

  /// A row for each proxy and a column for each benchmark.
  private func summary() -> Table {
    var table = Table(
      columns: [("proxy", "name")] + rankings.map { ($0.benchmark.name, $0.benchmark.name) })
    for index in rankings[0].rows.indices {
      table.append(
        [.text(rankings[0].rows[index].name)]
          + rankings.map { ranking in
            let row = ranking.rows.first { $0.name == rankings[0].rows[index].name }
            return number(row?.estimates[.rho100]?.mean, decimals: 3)
          })
    }
    return table
  }

  /// A line for each benchmark and proxy, with all metrics and their intervals.
  private func csv() -> Table {
    var columns = ["benchmark", "truth", "proxy", "kind"].map { (title: $0, key: $0) }
    for metric in RankingMetric.allCases {
      columns += ["", "_lower", "_upper"].map { (metric.title, metric.rawValue + $0) }
    }
    columns += [("seconds", "seconds"), ("x forward", "forward_passes")]
    var table = Table(columns: columns)
    for (benchmark, rows) in rankings {
      for row in rows {
        var cells: [Table.Cell] = [
          .text(benchmark.name), .text(benchmark.measure.rawValue), .text(row.name), .text(row.kind),
        ]
        for metric in RankingMetric.allCases {
          let estimate = row.estimates[metric]
          cells += [estimate?.mean, estimate?.lower, estimate?.upper].map { number($0, decimals: 4) }
        }
        table.append(cells + [number(row.seconds, decimals: 2), number(row.relativeCost, decimals: 1)])
      }
    }
    return table
  }

  private func json(_ ranking: (benchmark: RankedBenchmark, rows: [RankedBenchmark.Row])) -> JSONValue {
    func value(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
    let rows = ranking.rows.map { row in
      var object: [String: JSONValue] = [
        "name": .text(row.name), "kind": .text(row.kind), "seconds": value(row.seconds),
        "forward_passes": value(row.relativeCost),
      ]
      for metric in RankingMetric.allCases {
        object[metric.rawValue] =
          row.estimates[metric].map {
            .object(["mean": .number($0.mean), "lower": .number($0.lower), "upper": .number($0.upper)])
          } ?? .null
      }
      return JSONValue.object(object)
    }
    return .object([
      "name": .text(ranking.benchmark.name), "truth": .text(ranking.benchmark.measure.rawValue),
      "configurations": .integer(ranking.benchmark.rows.count),
      "replicates": .integer(ranking.benchmark.statistics.count), "rows": .list(rows),
    ])
  }

  private func number(_ value: Double?, decimals: Int) -> Table.Cell {
    value.map { .number($0, decimals: decimals) } ?? .missing
  }

  private func short(_ value: Double) -> String {
    String(format: "%.2f", value)
  }
}
