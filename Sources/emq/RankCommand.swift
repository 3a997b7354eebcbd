import ArgumentParser
import Evolution
import Foundation
import MQBench
import Proxies
import Reports
import Statistics
import Support

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Measure how well proxies rank a benchmark's configurations.",
    discussion: """
      Example: emq rank b.sqlite --proxy "mul(abs(weight), sqrt(abs(hessian)))"

      JSON: configurations, noise_ceiling (rho_100, rho_50, rho_20), and proxies with name, rho_100, rho_50, rho_20 and kendall; null
      where a correlation is not defined.
      """)

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "Statistics of its network; by default those made with the benchmark.")
  var statistics: String?

  @Option(help: "Further formulas to rank, or folders of searches.")
  var proxy: [String] = []

  @Option(help: "What configurations are truly ranked by: top1, loss, kl or agreement.")
  var truth: Measure = .top1

  @OptionGroup var common: CommonOptions

  func run() throws {
    let store = try SQLiteBenchmarkStore(opening: benchmark)
    let rows = try store.drawnRows()
    let statistics = try NetworkStatistics(
      contentsOf: statistics ?? BenchmarkCommand.statisticsPath(of: benchmark))
    guard statistics.costs == store.description.costs else {
      throw BenchmarkError("\(benchmark): the statistics are those of another network")
    }
    var table = Table(columns: [
      ("proxy", "name"), ("ρ@100%", "rho_100"), ("ρ@50%", "rho_50"), ("ρ@20%", "rho_20"),
      ("Kendall τ-b", "kendall"),
    ])
    let truth = rows.map { self.truth.goodness($0) }
    func number(_ value: Double?) -> Table.Cell { value.map { .number($0, decimals: 3) } ?? .missing }
    func append(_ chosen: ChosenProxy) throws {
      let name = chosen.name
      let scores = try chosen.scores(ProxyInputs(statistics)).scores(rows.map(\.configuration))
      let shares = [1, 0.5, 0.2].map { RankCorrelation.spearman(atTop: $0, predicted: scores, truth: truth) }
      table.append([.text(name)] + shares.map(number) + [number(RankCorrelation.kendall(scores, truth))])
    }
    for handcrafted in HandcraftedProxy.all {
      try append(ChosenProxy(handcrafted))
    }
    for text in proxy {
      try append(ChosenProxy(text))
    }
    let ceiling = NoiseCeiling(
      self.truth, rows: rows, imageCount: store.description.evaluation.count, seed: common.seed)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "configurations": .integer(rows.count), "noise_ceiling": ceiling.json,
          "proxies": .list(table.jsonRows().map { .object($0) }),
        ]).rendered())
    case .table:
      table.append([
        .text("noise ceiling"), number(ceiling?.all), number(ceiling?.half), number(ceiling?.fifth), .missing,
      ])
      Console.output(table.rendered())
    }
  }
}
