import Benchmarks
import Evolution
import Foundation
import Proxies
import RankStatistics
import Reports
import Studies

/// What a search came to.
struct SearchReport {
  let job: SearchJob
  let search: EvolutionSearch
  let chosen: EvolutionSearch.Candidate
  let candidatesPerSecond: Double
  let seconds: Double
  private let tests: [[RankingMetric: RankingEstimate]]
  private let baselines: [[RankingBaselines.Row]]

  init(
    job: SearchJob, search: EvolutionSearch, chosen: EvolutionSearch.Candidate, threads: Int,
    candidatesPerSecond: Double, seconds: Double
  ) throws {
    self.job = job
    self.search = search
    self.chosen = chosen
    self.candidatesPerSecond = candidatesPerSecond
    self.seconds = seconds
    let seed = job.description.options.seed
    tests = try job.benchmarks.indices.map { index in
      try job.benchmarks[index].testEstimates(
        chosen.proxy, job.problem.benchmarks[index], seed: seed, threads: threads)
    }
    baselines = try job.benchmarks.indices.map { index in
      try job.benchmarks[index].baselines(job.problem.benchmarks[index], seed: seed, threads: threads)
    }
  }

  /// Evaluations of the survey before the search.
  private var surveyed: Int { job.description.survey?.evaluations ?? 0 }

  /// The formula as a file.
  func proxyFile() -> ProxyFile {
    let options = job.description.options
    let names = job.benchmarks.map(\.name).joined(separator: " and ")
    let space = job.description.space
    let provenance =
      "\(options.breeds ? "evolved" : "drawn") on \(names): \(space.shape.structure.rawValue) structure,"
      + " \(space.inputs.count) inputs, population \(options.populationSize), \(search.state.generation) generations,"
      + " fitness \(options.fitness) on \(job.problem.benchmarks[0].split.search.count) configurations of each,"
      + " chosen on \(job.problem.benchmarks[0].split.validation.count) others"
    let tests = job.benchmarks.indices.map { index in
      let estimates = self.tests[index]
      return ProxyFile.Test(
        benchmark: job.benchmarks[index].name, truth: job.benchmarks[index].truth.measure.rawValue,
        configurations: job.problem.benchmarks[index].split.test.count, rho100: estimates[.rho100]?.mean,
        rho50: estimates[.rho50]?.mean, rho20: estimates[.rho20]?.mean,
        interval: estimates[.rho100].map { [$0.lower, $0.upper] },
        ceiling: job.benchmarks[index].truth.ceiling?.all)
    }
    return ProxyFile(
      formula: chosen.proxy.description, provenance: provenance, version: job.description.version,
      seed: options.seed, tests: tests)
  }

  func print(_ format: OutputFormat) throws {
    let state = search.state
    let fitness = search.hallOfFame.members.first?.fitness ?? 0
    let validation = chosen.correlations[.validation]
    switch format {
    case .json:
      func estimate(_ value: RankingEstimate?) -> JSONValue {
        value.map {
          .object(["mean": .number($0.mean), "lower": .number($0.lower), "upper": .number($0.upper)])
        } ?? .null
      }
      let benchmarks = job.benchmarks.indices.map { index in
        JSONValue.object([
          "name": .text(job.benchmarks[index].name),
          "truth": .text(job.benchmarks[index].truth.measure.rawValue),
          "rho_100": estimate(tests[index][.rho100]), "rho_50": estimate(tests[index][.rho50]),
          "rho_20": estimate(tests[index][.rho20]),
          "baselines": .list(
            baselines[index].map { row in
              .object([
                "name": .text(row.name), "rho_100": estimate(row.estimates[.rho100]),
                "rho_50": estimate(row.estimates[.rho50]), "rho_20": estimate(row.estimates[.rho20]),
              ])
            }),
          "ceiling": job.benchmarks[index].truth.ceiling.map { .number($0.all) } ?? .null,
        ])
      }
      let turnedAway = CompatibilityScreening.Stage.allCases.map {
        ($0.rawValue, JSONValue.integer(state.rejections[$0] ?? 0))
      }
      Console.output(
        try JSONValue.object([
          "proxy": .text(chosen.proxy.description), "fitness": .number(fitness),
          "validation": validation.map { .number($0) } ?? .null, "benchmarks": .list(benchmarks),
          "generations": .integer(state.generation), "candidates": .integer(state.candidates),
          "evaluations": .integer(state.evaluations + surveyed),
          "survey_evaluations": .integer(surveyed),
          "turned_away": .object(Dictionary(uniqueKeysWithValues: turnedAway)), "seconds": .number(seconds),
          "candidates_per_second": .number(candidatesPerSecond),
        ]).rendered())
    case .table:
      Console.output("chosen: \(chosen.proxy)\n")
      var table = Table(columns: [
        ("benchmark", "name"), ("truth", "truth"), ("ranked by", "ranked_by"), ("ρ@100% test", "rho_100"),
        ("95 %", "interval"), ("ρ@50%", "rho_50"), ("ρ@20%", "rho_20"),
      ])
      func cell(_ value: Double?) -> Table.Cell { value.map { .number($0, decimals: 3) } ?? .missing }
      for (index, benchmark) in job.benchmarks.enumerated() {
        func append(_ name: String, _ estimates: [RankingMetric: RankingEstimate]) {
          table.append([
            .text(benchmark.name), .text(benchmark.truth.measure.rawValue), .text(name),
            cell(estimates[.rho100]?.mean),
            estimates[.rho100].map { .text(String(format: "%.2f – %.2f", $0.lower, $0.upper)) } ?? .missing,
            cell(estimates[.rho50]?.mean), cell(estimates[.rho20]?.mean),
          ])
        }
        append("chosen", tests[index])
        for row in baselines[index] { append(row.name, row.estimates) }
        let ceiling = benchmark.truth.ceiling
        table.append([
          .text(benchmark.name), .text(benchmark.truth.measure.rawValue), .text("noise ceiling"),
          cell(ceiling?.all), .missing, cell(ceiling?.half), cell(ceiling?.fifth),
        ])
      }
      Console.output(table.rendered())
      Console.output(
        String(format: "\nbest fitness %.3f; ρ on validation configurations ", fitness)
          + (validation.map { String(format: "%.3f", $0) } ?? "not defined"))
      let stages = CompatibilityScreening.Stage.allCases.compactMap { stage in
        state.rejections[stage].map { "\($0) \(stage.rawValue)" }
      }
      Console.output(
        "\(state.candidates) candidates, \(Int(candidatesPerSecond)) a second; \(state.evaluations) evaluated on all"
          + " search configurations\(surveyed > 0 ? ", and \(surveyed) in the survey of operations before" : "")"
          + "; turned away: \(stages.joined(separator: ", "))")
      Console.output(String(format: "%.1f s, all in %@", seconds, job.folder.path))
    }
  }
}
