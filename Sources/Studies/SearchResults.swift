import Benchmarks
import Evolution
import Proxies
import RankStatistics

/// What a search came to: the chosen formula, and how it and the baselines rank the test configurations.
public struct SearchResults: Sendable {
  /// The search with what it was run on.
  public let job: SearchJob
  /// Where it is.
  public let search: EvolutionSearch
  /// The formula that was chosen on validation configurations.
  public let chosen: EvolutionSearch.Candidate
  /// The members of the hall of fame from the chosen one down; those without a ρ on validation configurations are left out.
  public let candidates: [EvolutionSearch.Candidate]
  /// The fittest formula of each complexity that no simpler one equals, from the simplest up.
  public let front: [EvolutionSearch.Candidate]
  /// How well the formula ranks, by benchmark.
  public let tests: [[RankingMetric: RankingEstimate]]
  /// How well the baselines rank, by benchmark.
  public let baselines: [[RankingBaselines.Row]]

  /// Chooses the formula and measures.
  ///
  /// - Throws: `BenchmarkError` where no formula is defined on the validation configurations.
  public init(_ job: SearchJob, _ search: EvolutionSearch, threads: Int) throws {
    candidates = try search.chosen(threads: threads)
    guard let chosen = candidates.first else {
      throw BenchmarkError(
        "\(job.benchmarks[0].path): no formula has a defined correlation on the validation configurations")
    }
    let seed = job.description.options.seed
    self.job = job
    self.search = search
    self.chosen = chosen
    front = try search.candidates(search.state.paretoFront.members, threads: threads)
    tests = try job.benchmarks.indices.map { index in
      try job.benchmarks[index].testEstimates(
        chosen.proxy, job.problem.benchmarks[index], seed: seed, threads: threads)
    }
    baselines = try job.benchmarks.indices.map { index in
      try job.benchmarks[index].baselines(job.problem.benchmarks[index], seed: seed, threads: threads)
    }
  }

  /// The formula's scores of all configurations of a benchmark.
  ///
  /// - Throws: `ProxyError` where it has none.
  public func scores(ofBenchmark index: Int) throws -> [Double] {
    let problem = job.problem.benchmarks[index]
    return try chosen.proxy.scores(problem.evaluator.inputs).scores(problem.configurations)
  }

  /// The formula as a file.
  public var proxyFile: ProxyFile {
    let (options, space) = (job.description.options, job.description.space)
    let split = job.problem.benchmarks[0].split
    let provenance =
      "\(options.breeds ? "evolved" : "drawn") on \(job.benchmarks.map(\.name).joined(separator: " and ")):"
      + " \(space.shape.structure.rawValue) structure,"
      + (space.responses == nil ? " \(space.inputs.count) inputs," : " real constants,") + " population"
      + " \(options.populationSize), \(search.state.generation) generations, fitness \(options.fitness) on"
      + " \(split.search.count) configurations of each, chosen on \(split.validation.count) others"
    let tests = job.benchmarks.indices.map { index in
      let (benchmark, estimates) = (job.benchmarks[index], self.tests[index])
      return ProxyFile.Test(
        benchmark: benchmark.name, truth: benchmark.truth.measure.rawValue,
        configurations: job.problem.benchmarks[index].split.test.count, rho100: estimates[.rho100]?.mean,
        rho50: estimates[.rho50]?.mean, rho20: estimates[.rho20]?.mean,
        interval: estimates[.rho100].map { [$0.lower, $0.upper] }, ceiling: benchmark.truth.ceiling?.all)
    }
    return ProxyFile(
      formula: chosen.proxy.description, provenance: provenance, version: job.description.version,
      seed: options.seed, tests: tests)
  }
}
