import ArgumentParser
import Benchmarks
import Evolution
import Foundation
import Foundations
import Proxies
import Reports
import Studies

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score many formulas on a benchmark at once.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq score b.sqlite --formulas formulas.txt --format csv

      The file has a formula on each line; a # begins a comment. All configurations of the benchmark are ranked, so what a
      search was run on is among them. Formulas without a usable score have no fitness.

      JSON:
        rows: formula, complexity, fitness
        seconds: those of scoring
        formulas_per_second
      """
    ).rendered())

  /// How scores are printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
  }

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "Statistics of its network; those made with the benchmark where not given.")
  var statistics: [String] = []

  @Option(help: "The file of formulas.")
  var formulas: String

  @Option(help: "What is measured: spearman@20,50,100, spearman_true@20,50,100, kendall or pearson.")
  var fitness = FitnessMeasure.paper.description

  @Option(
    help:
      "What configurations are truly ranked by: top1, loss, kl or agreement; where not given, as emq rank.")
  var truth: Measure?

  @Option(help: "How to print results: table, json or csv.")
  var format: Format = .table

  @OptionGroup var work: WorkOptions

  func run() throws {
    let measure = try FitnessMeasure(parsing: fitness)
    let proxies = try FormulaFile(formulas).proxies
    let opened = try RankedBenchmark.open(
      [benchmark], statistics: statistics, measure: truth, seed: work.seed)[0]
    let problem = try opened.problem(seed: work.seed)
    let start = Date()
    let values = try work.context.stage("score") { progress in
      let counter = ProgressCounter(total: proxies.count, handler: progress)
      return try problem.correlations(
        proxies, measure, at: Array(opened.rows.indices), threads: work.threads, counter: counter)
    }
    let seconds = Date().timeIntervalSince(start)
    let report = ScoreReport(proxies, values: values, measure: measure, seconds: seconds)
    switch format {
    case .json: Console.output(try JSONText.encode(report))
    case .csv: Console.output(report.table.csv())
    case .table: Console.output(report.text(width: Console.lineWidth))
    }
  }
}
