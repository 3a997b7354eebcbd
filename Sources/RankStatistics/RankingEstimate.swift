import Foundations

/// A metric's mean over replicates of the scores, with the interval that 95 % of resampled values lie in.
public struct RankingEstimate: Sendable, Equatable {
  /// The mean over the replicates, on all configurations.
  public let mean: Double
  /// The 2.5 % quantile over replicates and resampled configurations.
  public let lower: Double
  /// The 97.5 % quantile.
  public let upper: Double

  /// Makes an estimate.
  public init(mean: Double, lower: Double, upper: Double) {
    self.mean = mean
    self.lower = lower
    self.upper = upper
  }
}

/// Measures how well scores rank a benchmark's configurations, and how sure that is.
///
/// Scores come in replicates, such as one for each batch that statistics were computed on. Configurations are drawn
/// with replacement (the bootstrap; Efron, "Bootstrap Methods", Annals of Statistics 7, 1979), the same for all
/// proxies, so that these can be compared.
public struct RankingEvaluation: Sendable {
  let truth: [Double]
  let sizes: [Int]
  let metrics: [RankingMetric]
  private let resamples: [[Int]]
  private let threads: Int

  /// Makes an evaluation of some metrics.
  ///
  /// - Parameters:
  ///   - truth: what was measured, higher is better.
  ///   - sizes: the sizes of the configurations in bits.
  ///   - metrics: what is estimated.
  ///   - resamples: how often configurations are drawn.
  ///   - seed: what randomness is derived from.
  ///   - threads: how many run at once.
  public init(
    truth: [Double], sizes: [Int], metrics: [RankingMetric] = RankingMetric.allCases, resamples: Int = 200,
    seed: UInt64, threads: Int
  ) {
    self.truth = truth
    self.sizes = sizes
    self.metrics = metrics
    self.threads = threads
    self.resamples = (0..<resamples).map { index in
      var stream = RandomStream(seed: seed, purpose: "resampled configurations", index: UInt64(index))
      return truth.map { _ in stream.integer(below: truth.count) }
    }
  }

  /// The estimates; metrics that are not defined for a replicate are left out.
  ///
  /// - Parameter replicates: for each replicate, the score of each configuration.
  /// - Complexity: O(replicates · resamples · n log n) for each metric.
  public func estimates(_ replicates: [[Double]]) throws -> [RankingMetric: RankingEstimate] {
    // Proxies that see no images have the same scores in all replicates.
    let isSame = replicates.dropFirst().allSatisfy { $0 == replicates.first }
    let distinct = isSame ? Array(replicates.prefix(1)) : replicates
    return Self.estimates(try distinct.map(samples), metrics: metrics)
  }

  /// The estimates of replicates that are each judged on configurations, or by a truth, of their own.
  ///
  /// - Parameter replicates: of the same metrics.
  public static func estimates(
    _ replicates: [(evaluation: RankingEvaluation, scores: [Double])]
  ) throws -> [RankingMetric: RankingEstimate] {
    try estimates(
      replicates.map { try $0.evaluation.samples($0.scores) },
      metrics: replicates.first?.evaluation.metrics ?? [])
  }

  /// Metrics on all configurations, and on each resample.
  private struct Samples {
    let whole: [Double?]
    let drawn: [[Double?]]
  }

  private func samples(_ scores: [Double]) throws -> Samples {
    Samples(
      whole: values(scores, Array(truth.indices)),
      drawn: try parallelMap(count: resamples.count, threads: threads) { values(scores, resamples[$0]) })
  }

  private static func estimates(
    _ replicates: [Samples], metrics: [RankingMetric]
  ) -> [RankingMetric: RankingEstimate] {
    var result: [RankingMetric: RankingEstimate] = [:]
    for (position, metric) in metrics.enumerated() {
      let means = replicates.compactMap { $0.whole[position] }
      guard means.count == replicates.count, !means.isEmpty else { continue }
      let mean = means.reduce(0, +) / Double(means.count)
      let sorted = replicates.flatMap { $0.drawn.compactMap { $0[position] } }.sorted()
      result[metric] = RankingEstimate(
        mean: mean, lower: Self.quantile(0.025, of: sorted) ?? mean,
        upper: Self.quantile(0.975, of: sorted) ?? mean)
    }
    return result
  }

  private func values(_ scores: [Double], _ positions: [Int]) -> [Double?] {
    let (predicted, measured) = (positions.map { scores[$0] }, positions.map { truth[$0] })
    let drawn = positions.map { sizes[$0] }
    return metrics.map { $0.value(predicted: predicted, truth: measured, sizes: drawn) }
  }

  /// A quantile of sorted values, between neighbours in proportion; nil where there are none.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
    guard let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}
