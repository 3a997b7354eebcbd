import Proxies
import Statistics
import Support

/// What a search optimizes: statistics of a network, and measured accuracies of bit configurations.
public struct SearchProblem: Sendable {
  /// Gives layer scores.
  public let evaluator: ProxyEvaluator
  /// The weight bits of each configuration.
  public let weightBits: [[Int]]
  /// The measured value of each configuration, higher for better.
  public let truth: [Double]
  /// Which configurations serve what.
  public let split: ConfigurationSplit

  /// Makes a problem.
  ///
  /// - Throws: ``EvolutionError`` where there are too few configurations to split.
  public init(statistics: NetworkStatistics, weightBits: [[Int]], truth: [Double], seed: UInt64) throws {
    guard weightBits.count >= 16, weightBits.count == truth.count else {
      throw EvolutionError(
        "the benchmark has \(weightBits.count) configurations; a search needs at least 16 to split them")
    }
    guard weightBits.allSatisfy({ $0.count == statistics.layerNames.count }) else {
      throw EvolutionError(
        "the benchmark's configurations and the statistics' \(statistics.layerNames.count) layers do not fit;"
          + " they are of different networks")
    }
    if let position = truth.firstIndex(where: { !$0.isFinite }) {
      throw EvolutionError(
        "the benchmark's configuration \(position) has the value \(truth[position]); finite numbers are needed"
      )
    }
    evaluator = ProxyEvaluator(statistics)
    self.weightBits = weightBits
    self.truth = truth
    split = ConfigurationSplit(count: truth.count, seed: seed)
  }

  /// The mean of ρ@k over the shares, on some of the configurations; nil where any is not defined.
  public func correlation(layerScores: [Double], at positions: [Int], topShares: [Double]) -> Double? {
    let predicted = bitWeightedScores(layerScores: layerScores, weightBits: positions.map { weightBits[$0] })
    let measured = positions.map { truth[$0] }
    var total = 0.0
    for share in topShares {
      guard let value = RankCorrelation.spearman(atTop: share, predicted: predicted, truth: measured) else {
        return nil
      }
      total += value
    }
    return total / Double(topShares.count)
  }
}
