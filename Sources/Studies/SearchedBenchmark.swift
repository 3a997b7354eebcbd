import Benchmarks
import Evolution
import Foundation
import Foundations
import Proxies
import RankStatistics

extension RankedBenchmark {
  /// The problem that it is to a search.
  ///
  /// - Throws: `EvolutionError` where there are too few configurations to split.
  public func problem(
    replicate: Int = 0, seed: UInt64, searchCount: Int = ConfigurationSplit.paperSearchCount
  ) throws -> BenchmarkProblem {
    try BenchmarkProblem(
      name: name, inputs: inputs(replicate: replicate), configurations: rows.map(\.configuration),
      truth: truth.values, seed: seed, searchCount: searchCount)
  }

  /// What a run folder says of it.
  public func record(replicate: Int = 0) throws -> RunFolder.Benchmark {
    let chosen = statistics[replicate % statistics.count].path
    let content = zip(rows, truth.values).map { "\($0.configuration) \($1)\n" }.joined()
    let digest = sha256(Data(content.utf8) + Data(sha256(try AtomicFile.read(chosen)).utf8))
    return RunFolder.Benchmark(
      path: path, statistics: chosen, network: description.network, digest: digest,
      truth: truth.measure.rawValue)
  }

  /// What a search is to exceed, on the test configurations.
  public func baselines(
    _ problem: BenchmarkProblem, metrics: [RankingMetric] = [.rho100, .rho50, .rho20], resamples: Int = 200,
    seed: UInt64, threads: Int
  ) throws -> [RankingBaselines.Row] {
    try RankingBaselines(
      truth.measure, rows: rows, imageCount: description.evaluation.count, costs: description.costs,
      metrics: metrics, resamples: resamples, seed: seed, threads: threads
    ).ofSearch(
      search: problem.split.search, validation: problem.split.validation, test: problem.split.test)
  }

  /// Estimates of how well a proxy ranks the test configurations.
  public func testEstimates(
    _ proxy: any ScoringProxy, _ problem: BenchmarkProblem,
    metrics: [RankingMetric] = [.rho100, .rho50, .rho20],
    seed: UInt64, threads: Int
  ) throws -> [RankingMetric: RankingEstimate] {
    let test = problem.split.test
    let scores = try proxy.scores(problem.evaluator.inputs).scores(
      test.map { rows[$0].configuration })
    return try RankingEvaluation(
      truth: test.map { truth.values[$0] }, sizes: sizes(test.map { rows[$0] }), metrics: metrics, seed: seed,
      threads: threads
    ).estimates([scores])
  }
}
