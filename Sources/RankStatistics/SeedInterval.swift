/// A mean over seeds with the interval that holds the true mean with 95 % confidence.
///
/// mean ± t · s / √n with Student's t of n − 1 degrees of freedom (Student, "The Probable Error of a Mean", Biometrika
/// 1908), for values that are independent of each other. Those of resplits of the same configurations are not; their
/// intervals are those of ``init(resplits:testCount:trainingCount:)``.
public struct SeedInterval: Sendable, Equatable, Codable {
  /// The mean.
  public let mean: Double
  /// Half the interval's width; nil of a single value.
  public let halfWidth: Double?

  /// Makes the interval; nil of no values.
  public init?(_ values: [Double]) {
    self.init(values, varianceFactor: 1 / Double(max(1, values.count)))
  }

  /// Makes the interval of what was measured on the test configurations of several splits of the same configurations;
  /// nil of no values, or where a split has none to test or to learn from.
  ///
  /// Such values are alike, as their splits share configurations, and s / √J would shrink without limit as splits are
  /// added. Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003, replace the variance
  /// s² / J of the mean of J splits by s² (1 / J + n_test / n_training).
  ///
  /// - Parameters:
  ///   - values: one of each split.
  ///   - testCount: the configurations of each split that are tested on.
  ///   - trainingCount: those that something was chosen by, for search and for validation alike.
  public init?(resplits values: [Double], testCount: Int, trainingCount: Int) {
    guard testCount > 0, trainingCount > 0 else { return nil }
    self.init(
      values,
      varianceFactor: 1 / Double(max(1, values.count)) + Double(testCount) / Double(trainingCount))
  }

  private init?(_ values: [Double], varianceFactor: Double) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    guard values.count > 1 else {
      halfWidth = nil
      return
    }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    halfWidth = Self.quantile(values.count - 1) * (variance * varianceFactor).squareRoot()
  }

  /// The 97.5 % quantile of Student's t.
  static func quantile(_ degreesOfFreedom: Int) -> Double {
    let known = [
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
      2.131,
      2.120, 2.110, 2.101, 2.093, 2.086,
    ]
    guard degreesOfFreedom > known.count else { return known[max(0, degreesOfFreedom - 1)] }
    // The first terms of the expansion in 1 / degrees of freedom around the normal quantile.
    let (z, v) = (1.959964, Double(degreesOfFreedom))
    let (cube, fifth) = (z * z * z, z * z * z * z * z)
    return z + (cube + z) / (4 * v) + (5 * fifth + 16 * cube + 3 * z) / (96 * v * v)
  }
}
