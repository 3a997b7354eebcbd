import Support

/// The rank correlation that no proxy can be expected to exceed, as the measured accuracies are themselves noisy.
public enum NoiseCeiling {
  /// Of top-1: the square root of its reliability over images.
  ///
  /// The evaluation images are split into halves at random; Spearman's ρ between the halves' accuracies, r,
  /// gives the reliability 2r / (1 + r) of all images together (Spearman–Brown), and a perfect predictor of
  /// the true accuracies correlates with the measured ones by its square root. The mean over `splits` halvings.
  ///
  /// - Returns: nil where the accuracies do not vary.
  public static func top1(_ rows: [BenchmarkRow], imageCount: Int, seed: UInt64, splits: Int = 20) -> Double?
  {
    guard imageCount >= 2, rows.count >= 3 else { return nil }
    var total = 0.0
    for split in 0..<splits {
      var stream = RandomStream(seed: seed, purpose: "noise ceiling", index: UInt64(split))
      let order = Array(0..<imageCount).shuffled(using: &stream)
      let half = order.prefix(imageCount / 2)
      let other = order.suffix(imageCount / 2)
      func accuracy(_ row: BenchmarkRow, _ images: ArraySlice<Int>) -> Double {
        Double(images.count { row.isCorrect($0) })
      }
      guard
        let r = RankCorrelation.spearman(rows.map { accuracy($0, half) }, rows.map { accuracy($0, other) })
      else { return nil }
      total += max(0, 2 * r / (1 + r)).squareRoot()
    }
    return total / Double(splits)
  }
}
