import Benchmarks
import Compression
import Foundations
import LayerStatistics
import Proxies
import RankStatistics
import Workloads

/// How well proxies, baselines and oracles rank a benchmark.
public struct ProxyRanking: Sendable {
  /// A row of a ranking.
  public struct Row: Sendable {
    /// Who ranks.
    public let name: String
    /// `bit-weighted`, `perturbation`, `bit function`, `formula`, `baseline`, `oracle` or `ceiling`.
    public let kind: String
    /// How well, by metric; those that are not defined are missing.
    public var estimates: [RankingMetric: RankingEstimate] = [:]
    /// Seconds to compute.
    public var seconds: Double?
    /// The same in forward passes over the batch.
    public var relativeCost: Double?
    /// The scores of the first replicate, for a chart.
    public var scores: [Double] = []
  }

  /// What is ranked.
  public let benchmark: RankedBenchmark
  private let evaluation: RankingEvaluation
  private let resamples: Int
  private let seed: UInt64
  private let context: WorkContext

  /// Prepares a ranking; all statistics of the network are replicates.
  ///
  /// - Parameters:
  ///   - benchmark: the configurations with their measures.
  ///   - resamples: how often configurations are drawn for the intervals.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `BenchmarkError` where the statistics are of unequally large batches.
  public init(_ benchmark: RankedBenchmark, resamples: Int, seed: UInt64, context: WorkContext) throws {
    func images(_ item: (path: String, values: NetworkStatistics)) -> String {
      item.values.origin["images"] ?? "?"
    }
    let first = benchmark.statistics[0]
    if let other = benchmark.statistics.first(where: { images($0) != images(first) }) {
      throw BenchmarkError(
        "\(other.path): statistics of \(images(other)) images cannot stand beside those of \(images(first))"
          + " (\(first.path)); give files of equal batches")
    }
    self.benchmark = benchmark
    self.resamples = resamples
    self.seed = seed
    self.context = context
    evaluation = RankingEvaluation(
      truth: benchmark.truth.values, sizes: benchmark.sizes(benchmark.rows), resamples: resamples, seed: seed,
      threads: context.threads)
  }

  /// How many configurations there are, and how many statistics.
  public var caption: String {
    let images = benchmark.statistics[0].values.origin["images"] ?? "?"
    let count = benchmark.statistics.count
    return
      "\(benchmark.name): \(benchmark.rows.count) configurations by \(benchmark.truth.measure.rawValue), statistics of"
      + " \(count) batch\(count == 1 ? "" : "es") of \(images) images"
  }

  /// Ranks a proxy; a row without estimates where it is not defined on this network.
  ///
  /// - Parameters:
  ///   - chosen: the proxy.
  ///   - isStrict: whether missing statistics are an error.
  public func row(_ chosen: any ScoringProxy, isStrict: Bool) throws -> Row {
    var row = Row(name: chosen.name, kind: chosen.kind.rawValue)
    let configurations = benchmark.rows.map(\.configuration)
    var replicates: [[Double]] = []
    do {
      replicates = try benchmark.statistics.indices.map { index in
        try chosen.scores(benchmark.inputs(replicate: index)).scores(configurations)
      }
    } catch let error as ProxyError where !isStrict {
      context.detail("\(benchmark.name): \(chosen.name): \(error.description)")
      return row
    }
    row.estimates = try evaluation.estimates(replicates)
    row.scores = replicates[0]
    let costs = benchmark.statistics.compactMap { item -> (seconds: Double, relative: Double)? in
      guard let seconds = StatisticsSeconds(besides: item.path) else { return nil }
      let sum = chosen.stages.reduce(0) { $0 + (seconds.stages[$1.rawValue] ?? 0) }
      return (sum, sum / max(1e-9, seconds.forward))
    }
    if !costs.isEmpty {
      row.seconds = costs.reduce(0) { $0 + $1.seconds } / Double(costs.count)
      row.relativeCost = costs.reduce(0) { $0 + $1.relative } / Double(costs.count)
    }
    return row
  }

  /// What a few images, and a regression on a few labels, come to.
  public func baselineRows() throws -> [Row] {
    let description = benchmark.description
    let few = try RankingBaselines(
      benchmark.truth.measure, rows: benchmark.rows, imageCount: description.evaluation.count,
      costs: description.costs, resamples: resamples, seed: seed, threads: context.threads
    ).ofRanking().map { Row(name: $0.name, kind: "baseline", estimates: $0.estimates) }
    return try [measuredRow()].compactMap { $0 } + few
  }

  /// What running each configuration on the images of the statistics comes to; nil where that was not done.
  private func measuredRow() throws -> Row? {
    let rounding = benchmark.description.quantization.layerwiseIdentity
    let replicates = benchmark.statistics.compactMap { item -> [Double]? in
      guard let record = item.values.measured.first(where: { $0.rounding == rounding }) else { return nil }
      let values = benchmark.rows.compactMap { record[$0.configuration].map { -$0 } }
      return values.count == benchmark.rows.count ? values : nil
    }
    guard !replicates.isEmpty else { return nil }
    let images = benchmark.statistics[0].values.origin["images"] ?? "?"
    return Row(
      name: "measured divergence (\(images) images)", kind: "baseline",
      estimates: try evaluation.estimates(replicates))
  }

  /// What forms of proxies reach at least: fitted on the benchmark itself, judged on configurations left out.
  public func oracleRows() throws -> [Row] {
    let rows = benchmark.rows
    guard rows.count >= 20 else { return [] }
    return try OracleRegression.Form.allCases.map { form in
      let replicates = try parallelMap(count: 5, threads: context.threads) { fold in
        try OracleRegression(form: form).predictions(
          configurations: rows.map(\.configuration), truth: benchmark.truth.values, folds: 10,
          seed: seed + UInt64(fold))
      }
      return Row(name: form.title, kind: "oracle", estimates: try evaluation.estimates(replicates))
    }
  }

  /// What no proxy can be expected to exceed.
  public var ceilingRow: Row {
    var row = Row(name: "noise ceiling", kind: "ceiling")
    let ceiling = benchmark.truth.ceiling
    func add(_ metric: RankingMetric, _ value: Double?) {
      row.estimates[metric] = value.map { RankingEstimate(mean: $0, lower: $0, upper: $0) }
    }
    add(.rho100, ceiling?.all)
    add(.rho50, ceiling?.half)
    add(.rho20, ceiling?.fifth)
    return row
  }
}
