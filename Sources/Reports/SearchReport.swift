import Benchmarks
import Evolution
import Foundation
import RankStatistics
import Studies

/// What a search came to.
public struct SearchReport: Report {
  private enum CodingKeys: String, CodingKey {
    case proxy, fitness, validation, benchmarks, generations, candidates, evaluations, surveyEvaluations
    case turnedAway, seconds, candidatesPerSecond
  }

  private struct Estimates: Encodable {
    private enum CodingKeys: String, CodingKey {
      case rho100 = "rho_100"
      case rho50 = "rho_50"
      case rho20 = "rho_20"
    }

    @Nullable var rho100: EstimateReport?
    @Nullable var rho50: EstimateReport?
    @Nullable var rho20: EstimateReport?

    init(_ estimates: [RankingMetric: RankingEstimate]) {
      rho100 = estimates[.rho100].map(EstimateReport.init)
      rho50 = estimates[.rho50].map(EstimateReport.init)
      rho20 = estimates[.rho20].map(EstimateReport.init)
    }
  }

  private struct Baseline: Encodable {
    private enum CodingKeys: String, CodingKey { case name }

    let name: String
    let estimates: Estimates

    func encode(to encoder: any Encoder) throws {
      try estimates.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
    }
  }

  private struct Benchmark: Encodable {
    private enum CodingKeys: String, CodingKey { case name, truth, baselines, ceiling, responses }

    let name, truth: String
    let estimates: Estimates
    let baselines: [Baseline]
    let ceiling: NoiseCeiling?
    let responses: [ResponsesReport]

    func encode(to encoder: any Encoder) throws {
      try estimates.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(truth, forKey: .truth)
      try container.encode(baselines, forKey: .baselines)
      try container.encode(Nullable(wrappedValue: ceiling?.all), forKey: .ceiling)
      try container.encode(responses, forKey: .responses)
    }
  }

  private let proxy: String
  private let fitness: Double
  @Nullable private var validation: Double?
  private let benchmarks: [Benchmark]
  private let generations, candidates, evaluations, surveyEvaluations: Int
  private let turnedAway: [String: Int]
  private let seconds, candidatesPerSecond: Double
  private let folder: String

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - results: what the chosen formula and the baselines come to on the test configurations.
  ///   - seconds: those of all; the speed is that of this run.
  public init(_ results: SearchResults, seconds: Double, candidatesPerSecond: Double) {
    let (job, state) = (results.job, results.search.state)
    proxy = results.chosen.proxy.description
    fitness = results.search.hallOfFame.members.first?.fitness ?? 0
    validation = results.chosen.correlations[.validation]
    let responses =
      job.description.space.responses == nil
      ? nil
      : job.benchmarks.map {
        let inputs = $0.inputs()
        return inputs.statistics.responses.filter { inputs.rounding == nil || $0.rounding == inputs.rounding }
          .map(ResponsesReport.init)
      }
    benchmarks = job.benchmarks.indices.map { index in
      Benchmark(
        name: job.benchmarks[index].name, truth: job.benchmarks[index].truth.measure.rawValue,
        estimates: Estimates(results.tests[index]),
        baselines: results.baselines[index].map {
          Baseline(name: $0.name, estimates: Estimates($0.estimates))
        },
        ceiling: job.benchmarks[index].truth.ceiling, responses: responses?[index] ?? [])
    }
    generations = state.generation
    candidates = state.candidates
    surveyEvaluations = job.description.survey?.evaluations ?? 0
    evaluations = state.evaluations + surveyEvaluations
    turnedAway = Dictionary(
      uniqueKeysWithValues: CompatibilityScreening.Stage.allCases.map {
        ($0.rawValue, state.rejections[$0] ?? 0)
      })
    folder = job.folder.path
    self.seconds = seconds
    self.candidatesPerSecond = candidatesPerSecond
  }

  /// The formula, what it and the baselines reach, and how the search went.
  public func text(width: Int?) -> String {
    let stages = CompatibilityScreening.Stage.allCases.compactMap { stage in
      turnedAway[stage.rawValue].flatMap { $0 > 0 ? "\($0) \(stage.rawValue)" : nil }
    }
    let surveyed =
      surveyEvaluations > 0 ? ", and \(surveyEvaluations) in the survey of operations before" : ""
    return """
      chosen: \(proxy)

      \(table.rendered(width: width))
      \(costs)
      \(String(format: "best fitness %.3f", fitness)); ρ on validation configurations \
      \(validation.map { String(format: "%.3f", $0) } ?? "not defined")
      \(candidates) candidates, \(Int(candidatesPerSecond)) a second; \(evaluations - surveyEvaluations) evaluated on all \
      search configurations\(surveyed); turned away: \(stages.joined(separator: ", "))
      \(String(format: "%.1f", seconds)) s, all in \(folder)
      """
  }

  /// A line for what formulas take of each network; an empty one where they take no responses.
  private var costs: String {
    benchmarks.flatMap { benchmark in benchmark.responses.map { "\(benchmark.name): \($0.text(.image))\n" } }
      .joined()
  }

  private var table: Table {
    var table = Table(columns: [
      ("benchmark", "name"), ("truth", "truth"), ("ranked by", "ranked_by"), ("ρ@100% test", "rho_100"),
      ("95 %", "interval"), ("ρ@50%", "rho_50"), ("ρ@20%", "rho_20"),
    ])
    for benchmark in benchmarks {
      func append(_ name: String, _ estimates: Estimates) {
        table.append([
          .text(benchmark.name), .text(benchmark.truth), .text(name),
          Table.Cell(estimates.rho100?.mean, decimals: 3),
          estimates.rho100.map { .text($0.interval) } ?? .missing,
          Table.Cell(estimates.rho50?.mean, decimals: 3), Table.Cell(estimates.rho20?.mean, decimals: 3),
        ])
      }
      append("chosen", benchmark.estimates)
      for row in benchmark.baselines { append(row.name, row.estimates) }
      let ceiling = benchmark.ceiling
      table.append([
        .text(benchmark.name), .text(benchmark.truth), .text("noise ceiling"),
        Table.Cell(ceiling?.all, decimals: 3), .missing, Table.Cell(ceiling?.half, decimals: 3),
        Table.Cell(ceiling?.fifth, decimals: 3),
      ])
    }
    return table
  }
}
