/// A mean over seeds with the interval that holds the true mean with 95 % confidence.
///
/// mean ± t · s / √n with Student's t of n − 1 degrees of freedom (Student, "The Probable Error of a Mean", Biometrika
/// 1908).
public struct SeedInterval: Sendable, Equatable, Codable {
  /// The mean.
  public let mean: Double
  /// Half the interval's width; nil of a single value.
  public let halfWidth: Double?

  /// Makes the interval; nil of no values.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    guard values.count > 1 else {
      halfWidth = nil
      return
    }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    halfWidth = Self.quantile(values.count - 1) * (variance / count).squareRoot()
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
    return z + (z * z * z + z) / (4 * v)
  }
}
