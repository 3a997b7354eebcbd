import ArgumentParser
import Benchmarks
import BitModel
import Compression
import Foundation
import Foundations
import LayerStatistics
import Proxies
import RankStatistics
import Reports
import Studies

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Measure how well proxies rank the configurations of benchmarks.",
    discussion: """
      Example: emq rank b.sqlite
               emq rank b.sqlite --proxy hawq_v2 --proxy "mul(abs(weight), sqrt(abs(hessian)))" --plot charts
               emq rank MQBench/*.csv --statistics s1.safetensors --statistics s2.safetensors --format latex

      Benchmarks are SQLite files or exported ones. All statistics of a benchmark's network are replicates: figures are
      means over them. The interval holds 95 % of the values over replicates and resampled configurations. Equal scores
      share their rank, and at the boundary of a share each is as likely to be within.

      Below the proxies stand baselines: the divergence of each configuration on about 50 of the evaluation images, judged
      by the others, and a regression on the labels of 50 configurations, judged on the others. Then oracles, fitted on the
      benchmark itself and judged on configurations left out: what a score can reach at least that is linear in the bits,
      a sum over layers, or a sum over pairs of layers. Last the noise ceiling. Regret is what is lost by the first choice
      at each of ten sizes; "x forward" is the cost in forward passes over the batch. Scores that are constant or not
      finite show as –.

      JSON: benchmarks with name, truth, configurations, replicates, and rows with name, kind, seconds, forward_passes and
      rho_100, rho_50, rho_20, rho_true_50, rho_true_20, kendall, pearson, overlap_20, regret; of each mean, lower, upper;
      null where it is not defined. The last row is the noise ceiling.
      """)

  /// How a ranking is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, latex
  }

  @Argument(help: "The benchmarks.")
  var benchmarks: [String]

  @Option(
    help: "Statistics of their networks, from emq statistics; those made with each benchmark where not given."
  )
  var statistics: [String] = []

  @Option(help: "A proxy to rank: a name, a formula, the folder of a search, or all; all where not given.")
  var proxy: [String] = []

  @Option(
    help: """
      What configurations are truly ranked by: top1, loss, kl or agreement; where not given, top1 if its noise ceiling \
      is 0.95 or more, else the measure with the highest.
      """)
  var truth: Measure?

  @Flag(inversion: .prefixedNo, help: "Fit the oracles.")
  var oracles = true

  @Option(help: "How often configurations are resampled for the intervals.")
  var resamples = 200

  @Flag(help: "Show all metrics, not the usual ones alone.")
  var allMetrics = false

  @Option(help: "A folder to write charts of score against truth to.")
  var plot: String?

  @Option(help: "The ending of charts: svg or png.")
  var plotFormat = "svg"

  @Option(help: "How to print results: table, json, csv or latex.")
  var format: Format = .table

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard !benchmarks.isEmpty else { throw ValidationError("name a benchmark, such as b.sqlite") }
    guard resamples >= 20 else {
      throw ValidationError("--resamples is \(resamples); 20 or more are needed for an interval")
    }
    guard ["svg", "png"].contains(plotFormat) else {
      throw ValidationError("--plot-format is '\(plotFormat)'; svg or png is needed")
    }
  }

  func run() throws {
    let chosen = try proxies()
    var paths = statistics
    if paths.isEmpty {
      paths = benchmarks.map(BenchmarkFile.statisticsPath(of:)).filter {
        FileManager.default.fileExists(atPath: $0)
      }
    }
    let known = try paths.map { (path: $0, values: try NetworkStatistics(contentsOf: $0)) }
    let opened = try benchmarks.map {
      try RankedBenchmark(
        $0, measure: truth, statistics: known, resamples: resamples, seed: work.seed, context: work.context)
    }
    let isStrict = !proxy.isEmpty && !proxy.contains("all")
    let bar = work.context.beginStage("rank")
    let counter = ProgressCounter(total: opened.count * (chosen.count + 1), handler: bar.progress)
    let rankings = try opened.map { benchmark in
      var rows = try chosen.map { proxy in
        try work.context.checkCancellation()
        defer { counter.advance() }
        return try benchmark.row(proxy, isStrict: isStrict)
      }
      rows += try benchmark.baselineRows()
      if oracles { rows += try benchmark.oracleRows() }
      counter.advance()
      return (benchmark: benchmark, rows: rows + [benchmark.ceilingRow])
    }
    bar.finish()
    if let plot { try draw(rankings, folder: plot) }
    try RankingReport(rankings: rankings, metrics: metrics).print(format)
  }

  private var metrics: [RankingMetric] {
    allMetrics ? RankingMetric.allCases : [.rho100, .rho50, .rho20, .kendall, .regret]
  }

  private func proxies() throws -> [ChosenProxy] {
    let names = proxy.isEmpty ? ["all"] : proxy
    return try names.flatMap { name in
      try name == "all" ? HandcraftedProxy.all.map { ChosenProxy($0) } : [ChosenProxy(name)]
    }
  }

  private func draw(
    _ rankings: [(benchmark: RankedBenchmark, rows: [RankedBenchmark.Row])], folder: String
  ) throws {
    try AtomicFile.makeFolder(folder)
    for (benchmark, rows) in rankings {
      let costs = benchmark.file.description.costs
      for row in rows where !row.scores.isEmpty {
        let rho = row.estimates[.rho100].map { String(format: "%.3f", $0.mean) } ?? "not defined"
        let points = zip(benchmark.rows, row.scores).map { measured, score in
          ScatterPlot.Point(
            x: score, y: benchmark.measure.value(measured),
            color: costs.averageBits(measured.configuration))
        }
        let name = row.name.map { $0.isLetter || $0.isNumber ? $0 : "_" }
        try ScatterPlot(
          title: "\(benchmark.name): \(row.name.prefix(60)), ρ = \(rho)", xLabel: "score",
          yLabel: benchmark.measure.rawValue, colorLabel: "average bits", points: points
        ).write(to: "\(folder)/\(benchmark.name)-\(String(name).prefix(80)).\(plotFormat)")
      }
    }
  }
}
