import BitModel
import RankStatistics

/// What proxies are to exceed, judged on the same configurations as they are.
public struct RankingBaselines: Sendable {
  /// A baseline.
  public struct Row: Sendable, Equatable {
    /// What it is called.
    public let name: String
    /// How well it ranks; metrics that are not defined are left out.
    public let estimates: [RankingMetric: RankingEstimate]
  }

  let measure: Measure
  let rows: [BenchmarkRow]
  let imageCount: Int
  let sizes: [Int]
  let metrics: [RankingMetric]
  let resamples: Int
  let seed: UInt64
  let threads: Int

  /// How many sets of images, and how many draws of labels, a ranking takes the mean over.
  static let replicates = 5

  /// Makes the baselines of a benchmark.
  ///
  /// - Parameters:
  ///   - measure: what configurations are truly ranked by.
  ///   - rows: the configurations, with sums over groups of the evaluation images.
  ///   - imageCount: how many evaluation images the benchmark has.
  ///   - costs: the layers, for the sizes of configurations.
  ///   - metrics: what is estimated.
  ///   - resamples: how often configurations are drawn for the intervals.
  ///   - seed: what randomness is derived from.
  ///   - threads: how many run at once.
  public init(
    _ measure: Measure, rows: [BenchmarkRow], imageCount: Int, costs: CostModel,
    metrics: [RankingMetric] = RankingMetric.allCases, resamples: Int = 200, seed: UInt64, threads: Int
  ) {
    self.measure = measure
    self.rows = rows
    self.imageCount = imageCount
    sizes = rows.map { costs.sizeInBits($0.configuration) }
    self.metrics = metrics
    self.resamples = resamples
    self.seed = seed
    self.threads = threads
  }

  /// The baselines of a ranking of all configurations: the divergence on a few images, and a regression on the labels of
  /// 50 configurations that is judged on the others.
  ///
  /// - Complexity: O(n² L + n log n) for n configurations of L layers, besides those of the metrics.
  public func ofRanking() throws -> [Row] {
    let divisions = (0..<Self.replicates).map {
      LabelRegression.division(count: rows.count, seed: seed &+ UInt64($0))
    }
    let all = Array(rows.indices)
    return try [directDivergence(at: all), labelRegression(divisions)].compactMap { $0 }
  }

  /// The baselines of what a search found: the divergence on a few images, and regressions on the labels that fitness was
  /// measured on and, as these served the choice, on those and the ones of validation; all judged on the test
  /// configurations.
  public func ofSearch(search: [Int], validation: [Int], test: [Int]) throws -> [Row] {
    try [
      directDivergence(at: test), labelRegression([(search, test)]),
      labelRegression([((search + validation).sorted(), test)]),
    ].compactMap { $0 }
  }

  private func evaluation(_ truth: [Double], _ positions: [Int]) -> RankingEvaluation {
    RankingEvaluation(
      truth: positions.map { truth[$0] }, sizes: positions.map { sizes[$0] }, metrics: metrics,
      resamples: resamples, seed: seed, threads: threads)
  }

  private func directDivergence(at positions: [Int]) throws -> Row? {
    let replicates = DirectDivergence.replicates(
      measure, rows: rows, imageCount: imageCount, count: Self.replicates)
    guard let first = replicates.first else { return nil }
    let judged = replicates.map { replicate in
      (evaluation: evaluation(replicate.truth, positions), scores: positions.map { replicate.scores[$0] })
    }
    return Row(name: first.title, estimates: try RankingEvaluation.estimates(judged))
  }

  private func labelRegression(_ divisions: [(learning: [Int], held: [Int])]) throws -> Row? {
    let truth = rows.map(measure.goodness)
    // Too few labels, or labels all alike, teach nothing.
    guard let count = divisions.first?.learning.count, count >= 3,
      divisions.allSatisfy({ division in RankCorrelation.varies(division.learning.map { truth[$0] }) })
    else { return nil }
    let judged = try divisions.map { learning, held in
      (
        evaluation: evaluation(truth, held),
        scores: try LabelRegression.predictions(
          configurations: rows.map(\.configuration), truth: truth, learningFrom: learning, of: held)
      )
    }
    return Row(
      name: LabelRegression.title(labels: count), estimates: try RankingEvaluation.estimates(judged))
  }
}
