import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import HTMLReports
import PostgreSQLBenchmarks
import Proxies
import RankStatistics
import Reports
import Studies

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Measure how well proxies rank the configurations of benchmarks.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq rank b.sqlite
        emq rank b.sqlite --report ranking.html
        emq rank b.sqlite --proxy hawq_v2 --proxy "mul(abs(weight), sqrt(abs(hessian)))" --plot charts
        emq rank MQBench/*.csv --statistics s1.safetensors --statistics s2.safetensors --format latex

      Benchmarks are SQLite files, exported ones, or postgres://host/database#name in a store. All statistics of a benchmark's network are replicates: figures are means
      over them. The interval holds 95 % of the values over replicates and resampled configurations. Equal scores share their
      rank, and at the boundary of a share each is as likely to be within.

      Below the proxies stand baselines: the divergence of each configuration on about 50 of the evaluation images, judged by
      the others, and a regression on the labels of 50 configurations, judged on the others. Then oracles, fitted on the
      benchmark itself and judged on configurations left out: what a score can reach at least that is linear in the bits, a
      sum over layers, or a sum over pairs of layers. Last the noise ceiling. Regret is what is lost by the first choice at
      each of ten sizes; "x forward" is the cost in forward passes over the batch. Scores that are constant or not finite show
      as –.

      JSON:
        benchmarks: name, truth, configurations, replicates, rows
        rows: name, kind, seconds, forward_passes; and rho_100, rho_50, rho_20, rho_true_50, rho_true_20, kendall, pearson,
          overlap_20 and regret, of each mean, lower, upper; null where it is not defined; the last row is the noise ceiling
      """
    ).rendered())

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

  @OptionGroup var reportOptions: ReportOptions

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
    try reportOptions.requireWritable(keeping: benchmarks + statistics)
    let chosen = try ProxyCatalog.standard.proxies(proxy)
    var paths = statistics
    if paths.isEmpty {
      paths = try benchmarks.compactMap { try BenchmarkPlace($0).statisticsPath() }
    }
    let context = work.context
    let opened = try RankedBenchmark.open(benchmarks, statistics: paths, measure: truth, seed: work.seed).map
    {
      try ProxyRanking($0, resamples: resamples, seed: work.seed, context: context)
    }
    let isStrict = !proxy.isEmpty && !proxy.contains("all")
    let rankings = try context.stage("rank") { progress in
      let counter = ProgressCounter(total: opened.count * (chosen.count + 1), handler: progress)
      return try opened.map { ranking in
        var rows = try chosen.map { proxy in
          try context.checkCancellation()
          defer { counter.advance() }
          return try ranking.row(proxy, isStrict: isStrict)
        }
        rows += try ranking.baselineRows()
        if oracles { rows += try ranking.oracleRows() }
        counter.advance()
        return (ranking: ranking, rows: rows + [ranking.ceilingRow])
      }
    }
    if let plot { try RankingCharts(folder: plot, format: plotFormat).draw(rankings) }
    let report = RankingReport(rankings, metrics: metrics)
    try reportOptions.write { RankingPage(report).page }
    switch format {
    case .table: Console.output(report.text(width: Console.lineWidth))
    case .json: Console.output(try JSONText.encode(report))
    case .csv: Console.output(report.csv)
    case .latex: Console.output(report.latex)
    }
  }

  private var metrics: [RankingMetric] {
    allMetrics ? RankingMetric.allCases : [.rho100, .rho50, .rho20, .kendall, .regret]
  }
}
