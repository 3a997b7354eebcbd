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
    let bits = rows.map(\.configuration.weightBits)
    func number(_ value: Double?) -> Table.Cell { value.map { .number($0, decimals: 3) } ?? .missing }
    func append(_ name: String, _ coefficients: [Double]) {
      let scores = bitWeightedScores(layerScores: coefficients, weightBits: bits)
      let shares = [1, 0.5, 0.2].map { RankCorrelation.spearman(atTop: $0, predicted: scores, truth: truth) }
      table.append([.text(name)] + shares.map(number) + [number(RankCorrelation.kendall(scores, truth))])
    }
    for handcrafted in HandcraftedProxy.all {
      append(handcrafted.name, try handcrafted.coefficients(statistics))
    }
    for text in proxy {
      let chosen = try ChosenProxy(text)
      append(chosen.name, try chosen.coefficients(statistics))
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

/// A proxy that the command line names: a handcrafted one, a formula, or the result of a search.
struct ChosenProxy {
  /// The file of a run folder that holds the chosen formula.
  static let file = "proxy.txt"

  let name: String
  let coefficients: (NetworkStatistics) throws -> [Double]

  init(_ text: String) throws {
    if let handcrafted = HandcraftedProxy.named(text) {
      name = text
      coefficients = handcrafted.coefficients
      return
    }
    var formula = text
    if FileManager.default.fileExists(atPath: "\(text)/\(Self.file)") {
      formula = String(decoding: try AtomicFile.read("\(text)/\(Self.file)"), as: UTF8.self)
    }
    let proxy = try Proxy(parsing: formula.trimmingCharacters(in: .whitespacesAndNewlines))
    name = proxy.description
    coefficients = { statistics in try Self.scores(proxy, statistics) }
  }

  private static func scores(_ proxy: Proxy, _ statistics: NetworkStatistics) throws -> [Double] {
    switch ProxyEvaluator(statistics).layerScores(proxy) {
    case .success(let scores): return scores
    case .failure(let reason):
      throw BenchmarkError("the formula \(proxy) gives no usable score on this network: \(reason.rawValue)")
    }
  }
}
