import Benchmarks
import Evolution
import Foundation
import Foundations
import LayerStatistics
import Proxies
import RankStatistics

/// A benchmark with its network's statistics, ready to be searched on.
public struct SearchBenchmark: Sendable {
  /// Its file.
  public let path: String
  /// The name of its file.
  public let name: String
  /// What its rows have in common.
  public let description: BenchmarkDescription
  /// Its drawn configurations.
  public let rows: [BenchmarkRow]
  /// What they are truly ranked by.
  public let truth: BenchmarkTruth
  /// Statistics of batches drawn with different seeds, in the order that they were named.
  public let statistics: [(path: String, values: NetworkStatistics)]

  /// Opens a benchmark.
  ///
  /// - Parameter statistics: statistics of any networks; those made with the benchmark where there are none.
  public init(
    _ path: String, measure: Measure?, statistics: [(path: String, values: NetworkStatistics)], seed: UInt64
  ) throws {
    let file = try BenchmarkFile(opening: path)
    let drawn = file.rows.filter { $0.role == .drawn }
    guard drawn.count >= 16 else {
      throw BenchmarkError(
        "\(path): has \(drawn.count) configurations; a search needs at least 16 to split them")
    }
    var known = statistics
    if known.isEmpty {
      let beside = BenchmarkFile.statisticsPath(of: path)
      known = [(beside, try NetworkStatistics(contentsOf: beside))]
    }
    let matching = known.filter { $0.values.origin["network"] == file.description.network }
    guard let first = matching.first else {
      throw BenchmarkError("\(path): the statistics are those of another network (\(known[0].path))")
    }
    guard first.values.costs == file.description.costs else {
      throw BenchmarkError("\(first.path): its layers are not those of \(path)")
    }
    self.path = path
    name = String((path.split(separator: "/").last ?? "").split(separator: ".").first ?? "")
    description = file.description
    rows = drawn
    truth = try BenchmarkTruth(
      path, rows: drawn, imageCount: file.description.evaluation.count, measure: measure, seed: seed)
    self.statistics = matching
  }

  /// Opens several benchmarks, with statistics files of any of their networks.
  public static func open(
    _ paths: [String], statistics: [String], measure: Measure?, seed: UInt64
  ) throws -> [SearchBenchmark] {
    let known = try statistics.map { (path: $0, values: try NetworkStatistics(contentsOf: $0)) }
    return try paths.map { try SearchBenchmark($0, measure: measure, statistics: known, seed: seed) }
  }

  /// What formulas are computed from.
  ///
  /// - Parameter replicate: which of the batches; taken in turn.
  public func inputs(replicate: Int = 0) -> ProxyInputs {
    let chosen = statistics[replicate % statistics.count].values
    let rounding = description.quantization.layerwiseIdentity
    return ProxyInputs(chosen, rounding: rounding)
  }

  /// The problem that it is to a search.
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
    _ proxy: Proxy, _ problem: BenchmarkProblem, metrics: [RankingMetric] = [.rho100, .rho50, .rho20],
    seed: UInt64, threads: Int
  ) throws -> [RankingMetric: RankingEstimate] {
    let test = problem.split.test
    let scores = try proxy.layerBitScores(problem.evaluator.inputs).scores(
      test.map { rows[$0].configuration })
    let sizes = test.map { description.costs.sizeInBits(rows[$0].configuration) }
    return try RankingEvaluation(
      truth: test.map { truth.values[$0] }, sizes: sizes, metrics: metrics, seed: seed, threads: threads
    ).estimates([scores])
  }
}
