/// Scores that are equal in mathematics, and differ in the last digits by the order of a sum.
///
/// Layers of equal size give configurations equal scores; added up in another order they differ by a few units of the
/// last place, and a rank would follow that noise. Every statistic of ranks therefore takes two neighbours in ascending
/// order for equal where they differ by no more than 1e-11 of the greater of their magnitudes, or than 1e-13 of the
/// greatest magnitude of all, which is what sums of both signs near zero are uncertain by. Inputs of formulas are in
/// single precision, so a difference that small says nothing of a network.
///
/// Neighbours are compared, not cells of a grid: two values on both sides of a cell's edge would be torn apart.
public enum ScoreTies {
  /// The share of their own magnitude by which equal values may differ.
  public static let relativeTolerance = 1e-11
  /// The share of the greatest magnitude by which equal values may differ.
  public static let absoluteTolerance = 1e-13

  /// The values, each replaced by the least of those that it is equal to; values that are not all finite stay as they
  /// are.
  ///
  /// - Complexity: O(n log n).
  public static func joined(_ values: [Double]) -> [Double] {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return values }
    let sorted = values.sorted()
    let greatest = max(abs(sorted[0]), abs(sorted[sorted.count - 1]))
    // The least values of the groups.
    var least = [sorted[0]]
    var areDistinct = true
    for index in 1..<sorted.count {
      let (lower, upper) = (sorted[index - 1], sorted[index])
      let tolerance = max(
        relativeTolerance * max(abs(lower), abs(upper)), absoluteTolerance * greatest)
      if upper - lower > tolerance {
        least.append(upper)
      } else if upper != lower {
        areDistinct = false
      }
    }
    guard !areDistinct else { return values }
    return values.map { value in
      // The last group that does not begin above the value.
      var (low, high) = (0, least.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if least[middle] <= value { low = middle } else { high = middle }
      }
      return least[low]
    }
  }
}
