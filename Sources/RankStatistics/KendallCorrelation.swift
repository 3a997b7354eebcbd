extension RankCorrelation {
  /// Kendall's τ-b, which allows for equal values.
  ///
  /// τ = (P − Q) / √(n₀ − n₁) / √(n₀ − n₂) with P pairs in the same order, Q in opposite order, n₀ = n (n − 1) / 2
  /// pairs in all, and n₁ and n₂ pairs that are equal on the left and on the right. Q is the number of exchanges of a
  /// merge sort, after Knight, "A Computer Method for Calculating Kendall's Tau with Ungrouped Data", JASA 1966.
  ///
  /// - Complexity: O(n log n).
  public static func kendall(_ left: [Double], _ right: [Double]) -> Double? {
    exactKendall(ScoreTies.joined(left), ScoreTies.joined(right))
  }

  /// Kendall's τ-b of values that are equal where they are the same number.
  package static func exactKendall(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.count > 1, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite)
    else { return nil }
    let order = left.indices.sorted { (left[$0], right[$0]) < (left[$1], right[$1]) }
    let pairs = left.count * (left.count - 1) / 2
    let leftTies = tiedPairs(order) { left[$0] == left[$1] }
    let jointTies = tiedPairs(order) { left[$0] == left[$1] && right[$0] == right[$1] }
    let (sorted, exchanges) = sortedCountingExchanges(order.map { right[$0] })
    let rightTies = tiedPairs(sorted) { $0 == $1 }
    guard leftTies < pairs, rightTies < pairs else { return nil }
    let difference = pairs - leftTies - rightTies + jointTies - 2 * exchanges
    // One root at a time, as SciPy does, so that the last digit is the same.
    let tau =
      Double(difference) / Double(pairs - leftTies).squareRoot() / Double(pairs - rightTies).squareRoot()
    return max(-1, min(1, tau))
  }

  /// The pairs within runs of equal neighbours.
  private static func tiedPairs<Element>(
    _ elements: [Element], _ areEqual: (Element, Element) -> Bool
  ) -> Int {
    var (pairs, run) = (0, 0)
    for index in elements.indices {
      run = index > 0 && areEqual(elements[index - 1], elements[index]) ? run + 1 : 0
      pairs += run
    }
    return pairs
  }

  /// The values in ascending order, and how many pairs of them stood in descending order before.
  private static func sortedCountingExchanges(_ values: [Double]) -> (sorted: [Double], exchanges: Int) {
    var (source, target) = (values, values)
    var exchanges = 0
    var width = 1
    while width < values.count {
      for start in stride(from: 0, to: values.count, by: 2 * width) {
        let middle = min(start + width, values.count)
        let end = min(middle + width, values.count)
        var (lower, upper) = (start, middle)
        for position in start..<end {
          if lower < middle, upper >= end || source[lower] <= source[upper] {
            target[position] = source[lower]
            lower += 1
          } else {
            target[position] = source[upper]
            upper += 1
            // It passes all that are left of the lower half, which are greater.
            exchanges += middle - lower
          }
        }
      }
      swap(&source, &target)
      width *= 2
    }
    return (source, exchanges)
  }
}
