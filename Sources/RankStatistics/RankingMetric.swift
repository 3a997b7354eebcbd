/// How well scores rank configurations, as one number.
public enum RankingMetric: String, Sendable, CaseIterable, Codable {
  /// Spearman's ρ over all configurations.
  case rho100 = "rho_100"
  /// ρ@50 %, among the half with the highest scores.
  case rho50 = "rho_50"
  /// ρ@20 %, among the fifth with the highest scores.
  case rho20 = "rho_20"
  /// Spearman's ρ among the truly best half.
  case trueRho50 = "rho_true_50"
  /// Spearman's ρ among the truly best fifth.
  case trueRho20 = "rho_true_20"
  /// Kendall's τ-b over all configurations.
  case kendall
  /// Pearson's r over all configurations.
  case pearson
  /// The share of the truly best fifth that is among the fifth with the highest scores.
  case overlap20 = "overlap_20"
  /// What is lost by taking the first choice at each of ten sizes, on average, in units of the truth.
  case regret

  /// The heading of a table's column.
  public var title: String {
    switch self {
    case .rho100: "ρ@100%"
    case .rho50: "ρ@50%"
    case .rho20: "ρ@20%"
    case .trueRho50: "ρ true 50%"
    case .trueRho20: "ρ true 20%"
    case .kendall: "Kendall τ-b"
    case .pearson: "Pearson r"
    case .overlap20: "overlap 20%"
    case .regret: "regret"
    }
  }

  /// The value; nil where it is not defined. It does not depend on the order of the configurations.
  ///
  /// - Parameters:
  ///   - predicted: the scores, higher is better.
  ///   - truth: what was measured, higher is better.
  ///   - sizes: the sizes of the configurations in bits.
  public func value(predicted: [Double], truth: [Double], sizes: [Int]) -> Double? {
    switch self {
    case .rho100: RankCorrelation.spearman(predicted, truth)
    case .rho50: RankCorrelation.spearman(atTop: 0.5, predicted: predicted, truth: truth)
    case .rho20: RankCorrelation.spearman(atTop: 0.2, predicted: predicted, truth: truth)
    case .trueRho50: RankCorrelation.spearman(atTrueTop: 0.5, predicted: predicted, truth: truth)
    case .trueRho20: RankCorrelation.spearman(atTrueTop: 0.2, predicted: predicted, truth: truth)
    case .kendall: RankCorrelation.kendall(predicted, truth)
    case .pearson: RankCorrelation.pearson(predicted, truth)
    case .overlap20: RankCorrelation.topOverlap(share: 0.2, predicted: predicted, truth: truth)
    case .regret: SelectionRegret(predicted: predicted, truth: truth, sizes: sizes)?.mean
    }
  }
}
