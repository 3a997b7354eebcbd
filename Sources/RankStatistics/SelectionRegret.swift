/// The accuracy that is lost by taking a proxy's first choice at each size.
///
/// Configurations are sorted by size and cut into strata of equal count. In each, the regret is the best true value less
/// that of the configuration with the highest score (the first by position among equals): 0 where the proxy picks the
/// best. Unlike a rank correlation it is in the units of the truth, and a proxy gains nothing from knowing only that
/// more bits are better.
public struct SelectionRegret: Sendable, Equatable {
  /// The mean over the strata.
  public let mean: Double
  /// That of the worst stratum.
  public let maximum: Double

  /// Measures the regret of scores.
  ///
  /// - Parameters:
  ///   - truth: what was measured, higher is better.
  ///   - sizes: the sizes of the configurations in bits; those of the same size are cut in order of position.
  ///   - strata: into how many groups; their counts differ by one at most, the first are the larger ones.
  /// - Returns: nil where there are fewer than two configurations a stratum, or scores or truths are all equal or not
  ///   finite.
  /// - Complexity: O(n log n).
  public init?(predicted: [Double], truth: [Double], sizes: [Int], strata: Int = 10) {
    guard predicted.count == truth.count, sizes.count == truth.count, strata > 0,
      truth.count / strata >= 2, RankCorrelation.varies(predicted), RankCorrelation.varies(truth)
    else { return nil }
    let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    let (count, larger) = order.count.quotientAndRemainder(dividingBy: strata)
    var regrets: [Double] = []
    var start = 0
    for stratum in 0..<strata {
      let end = start + count + (stratum < larger ? 1 : 0)
      let members = order[start..<end]
      start = end
      guard let chosen = members.max(by: { (predicted[$0], $1) < (predicted[$1], $0) }),
        let best = members.map({ truth[$0] }).max()
      else { return nil }
      regrets.append(best - truth[chosen])
    }
    mean = regrets.reduce(0, +) / Double(strata)
    maximum = regrets.max() ?? 0
  }
}
