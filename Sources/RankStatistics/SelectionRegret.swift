/// The accuracy that is lost by taking a proxy's first choice at each size.
///
/// Configurations are sorted by size and cut into strata of equal count; those of one size stay together, in the stratum
/// of the middle one of them. In each, the regret is the best true value less that of the configuration with the highest
/// score, or the mean of those with it, as each of them might be taken: 0 where the proxy picks the best. Unlike a rank
/// correlation it is in the units of the truth, and a proxy gains nothing from knowing only that more bits are better.
public struct SelectionRegret: Sendable, Equatable {
  /// The mean over the strata.
  public let mean: Double
  /// That of the worst stratum.
  public let maximum: Double

  /// Measures the regret of scores.
  ///
  /// - Parameters:
  ///   - predicted: the scores, higher is better.
  ///   - truth: what was measured, higher is better.
  ///   - sizes: the sizes of the configurations in bits.
  ///   - strata: into how many groups; their counts differ by one at most where all sizes differ, and the first are the
  ///     larger ones. A stratum that equal sizes leave empty does not count.
  /// - Returns: nil where there are fewer than two configurations a stratum, or scores or truths are all equal or not
  ///   finite.
  /// - Complexity: O(n log n).
  public init?(predicted: [Double], truth: [Double], sizes: [Int], strata: Int = 10) {
    guard predicted.count == truth.count, sizes.count == truth.count, strata > 0,
      truth.count / strata >= 2, RankCorrelation.varies(predicted), RankCorrelation.varies(truth)
    else { return nil }
    let scores = ScoreTies.joined(predicted)
    let regrets = Self.members(sizes, strata: strata).compactMap { members -> Double? in
      guard let highest = members.map({ scores[$0] }).max(), let best = members.map({ truth[$0] }).max()
      else { return nil }
      let chosen = members.filter { scores[$0] == highest }
      // In ascending order, so that the last digit does not depend on that of the configurations.
      return chosen.map { best - truth[$0] }.sorted().reduce(0, +) / Double(chosen.count)
    }
    guard let worst = regrets.max() else { return nil }
    mean = regrets.reduce(0, +) / Double(regrets.count)
    maximum = worst
  }

  /// The positions of each stratum.
  private static func members(_ sizes: [Int], strata: Int) -> [[Int]] {
    let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    let (count, larger) = order.count.quotientAndRemainder(dividingBy: strata)
    func stratum(_ place: Int) -> Int {
      let first = larger * (count + 1)
      return place < first ? place / (count + 1) : larger + (place - first) / count
    }
    var result = [[Int]](repeating: [], count: strata)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, sizes[order[end + 1]] == sizes[order[start]] { end += 1 }
      result[stratum((start + end) / 2)] += order[start...end]
      start = end + 1
    }
    return result
  }
}
