import ArgumentParser
import Benchmarks
import Foundation
import RankStatistics
import Reports

struct BenchmarkCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare what two benchmarks measured of the same configurations.",
    discussion: """
      Example: emq benchmark compare composable.sqlite exact.sqlite

      For each measure: Spearman's ρ between the two over the configurations that both have, and the mean and the
      greatest difference, second minus first, in points for shares and in nats for the others. JSON:
      configurations, and measures (measure, rho, mean_difference, greatest_difference).
      """)

  @Argument(help: "A benchmark, an SQLite file or an exported one.")
  var first: String

  @Argument(help: "Another one of the same network.")
  var second: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let files = try [first, second].map { try BenchmarkFile(opening: $0) }
    guard files[0].description.costs == files[1].description.costs else {
      throw BenchmarkError(
        "\(second): is a benchmark of another network (\(files[1].description.model)) than \(first)"
          + " (\(files[0].description.model))")
    }
    let others = Dictionary(files[1].rows.map { ($0.configuration, $0) }) { first, _ in first }
    let pairs = files[0].rows.compactMap { row in others[row.configuration].map { (row, $0) } }
    guard !pairs.isEmpty else {
      throw BenchmarkError("\(first) and \(second) have no configuration in common")
    }
    var table = Table(columns: [
      ("measure", "measure"), ("ρ", "rho"), ("mean difference", "mean_difference"),
      ("greatest", "greatest_difference"),
    ])
    for measure in Measure.allCases {
      let isShare = measure == .top1 || measure == .agreement
      let values = pairs.map { (measure.value($0), measure.value($1)) }
      let differences = values.map { (isShare ? 100 : 1) * ($1 - $0) }
      let rho = RankCorrelation.spearman(values.map(\.0), values.map(\.1))
      let decimals = isShare ? 2 : 4
      table.append([
        .text(measure.rawValue), rho.map { .number($0, decimals: 3) } ?? .missing,
        .number(differences.reduce(0, +) / Double(differences.count), decimals: decimals),
        .number(differences.max { abs($0) < abs($1) } ?? 0, decimals: decimals),
      ])
    }
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "configurations": .integer(pairs.count), "measures": .list(table.jsonRows().map { .object($0) }),
        ]).rendered())
    case .table:
      Console.output("\(pairs.count) configurations in both\n")
      Console.output(table.rendered())
    }
  }
}
