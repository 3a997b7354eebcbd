import Foundations
import RankStatistics

/// The rank correlation that no proxy can be expected to exceed, as the measured values are themselves noisy.
///
/// The evaluation images are split into halves at random, by groups. Spearman's ρ between the halves, r, gives the
/// reliability 2r / (1 + r) of all images together (Spearman-Brown); a perfect predictor of the true values
/// correlates with the measured ones by its square root. That is the ceiling of ρ@100 %.
///
/// For ρ@k the perfect predictor is simulated: true values are taken to be the measured ones drawn towards their
/// mean until their variance is that of the reliable part, the noise to be the difference between the sums of the
/// halves, and ρ@k of the former with the sum of both is the ceiling. Both are means over the splits.
public struct NoiseCeiling: Sendable, Equatable {
  /// Of ρ@100 %.
  public let all: Double
  /// Of ρ@50 %.
  public let half: Double?
  /// Of ρ@20 %.
  public let fifth: Double?

  /// The ceiling of a measure.
  ///
  /// - Returns: nil where there are too few rows or images, or the measure does not vary.
  public init?(_ measure: Measure, rows: [BenchmarkRow], imageCount: Int, seed: UInt64, splits: Int = 50) {
    let groups = min(ImageGroups.count, imageCount)
    guard groups >= 2, rows.count >= 3 else { return nil }
    let values = rows.map { Array(measure.goodnessByGroup($0, imageCount: imageCount).prefix(groups)) }
    guard values.allSatisfy({ $0.count == groups }) else { return nil }
    let whole = values.map { $0.reduce(0, +) }
    let mean = whole.reduce(0, +) / Double(whole.count)
    var sums = [Double](repeating: 0, count: 3)
    var counts = [Double](repeating: 0, count: 3)
    for split in 0..<splits {
      var stream = RandomStream(seed: seed, purpose: "noise ceiling", index: UInt64(split))
      let order = Array(0..<groups).shuffled(using: &stream)
      let left = values.map { row in order.prefix(groups / 2).reduce(0) { $0 + row[$1] } }
      let right = zip(whole, left).map { $0 - $1 }
      guard let rank = RankCorrelation.spearman(left, right),
        let linear = RankCorrelation.pearson(left, right)
      else { return nil }
      func reliability(_ r: Double) -> Double { max(0, 2 * r / (1 + r)) }
      sums[0] += reliability(rank).squareRoot()
      counts[0] += 1
      let shrinkage = reliability(linear).squareRoot()
      let truth = whole.map { mean + shrinkage * ($0 - mean) }
      let measured = truth.indices.map { truth[$0] + left[$0] - right[$0] }
      for (slot, share) in [(1, 0.5), (2, 0.2)] {
        guard let rho = RankCorrelation.spearman(atTop: share, predicted: truth, truth: measured) else {
          continue
        }
        sums[slot] += rho
        counts[slot] += 1
      }
    }
    all = sums[0] / counts[0]
    half = counts[1] > 0 ? max(0, sums[1] / counts[1]) : nil
    fifth = counts[2] > 0 ? max(0, sums[2] / counts[2]) : nil
  }
}
