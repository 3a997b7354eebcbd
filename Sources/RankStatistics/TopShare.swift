/// The positions of the highest values, where equal ones at the boundary are as likely to be among them as each other.
package struct TopShare {
  /// Positions above the boundary, from the highest value down.
  package let certain: [Int]
  /// Positions with the value at the boundary, of which only some find room; empty where all of them do.
  package let tied: [Int]
  /// How many of the tied ones find room.
  package let drawn: Int
  /// The same number of positions with equal values taken in order of position.
  package let inOrder: [Int]

  /// Chooses the share of values that are highest, rounded to a whole number of them.
  ///
  /// - Parameter values: finite; equal where they are the same number.
  /// - Returns: nil where the share is not one of 0 to 1.
  /// - Complexity: O(n log n).
  package init?(_ share: Double, of values: [Double]) {
    guard (0...1).contains(share), values.allSatisfy(\.isFinite) else { return nil }
    let count = Int((Double(values.count) * share).rounded())
    let order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
    inOrder = Array(order.prefix(count))
    guard count > 0, count < order.count, values[order[count]] == values[order[count - 1]] else {
      (certain, tied, drawn) = (inOrder, [], 0)
      return
    }
    let boundary = values[order[count]]
    certain = inOrder.filter { values[$0] != boundary }
    tied = order.filter { values[$0] == boundary }
    drawn = count - certain.count
  }

  /// How many positions are chosen.
  var count: Int { inOrder.count }
}

extension RankCorrelation {
  /// Spearman's ρ among the highest values, expected over the choice of equal ones at the boundary.
  ///
  /// Whatever the choice is, the ranks of the chosen values are the same, as all that are drawn share one rank. The ranks
  /// of the others depend on it, but their expectation is known: that of Σ x y over the root of Σ x² times that of Σ y²,
  /// with x and y the ranks less their mean. Where the others have no ties this is the mean of ρ over all choices, exactly,
  /// as Σ y² is the same for all; with ties it is the ratio of the two expectations.
  ///
  /// - Parameters:
  ///   - values: what is chosen by; equal where they are the same number.
  ///   - others: what their order is compared with.
  /// - Returns: nil where it is not defined.
  /// - Complexity: O(n log n).
  package static func expectedSpearman(_ top: TopShare, values: [Double], others: [Double]) -> Double? {
    guard !top.tied.isEmpty else {
      return correlation(
        exactRanks(top.certain.map { values[$0] }), exactRanks(top.certain.map { others[$0] }))
    }
    let (count, share) = (Double(top.count), Double(top.drawn) / Double(top.tied.count))
    let mean = (count + 1) / 2
    // Ranks of the certain ones follow those of the drawn ones, which are lower.
    let certainRanks = exactRanks(top.certain.map { values[$0] }).map { $0 + Double(top.drawn) - mean }
    let drawnRank = Double(top.drawn + 1) / 2 - mean
    let certain = Occurrences(top.certain.map { others[$0] })
    let tied = Occurrences(top.tied.map { others[$0] })
    var (product, otherSum) = (0.0, 0.0)
    for (index, position) in top.certain.enumerated() {
      let value = others[position]
      let below = Double(certain.below(value)) + share * Double(tied.below(value))
      let equal = Double(certain.equal(value) - 1) + share * Double(tied.equal(value))
      let rank = 1 + below + equal / 2 - mean
      product += certainRanks[index] * rank
      otherSum += rank
    }
    // Ranks less their mean add up to zero.
    product -= drawnRank * otherSum
    let square =
      certainRanks.reduce(0) { $0 + $1 * $1 } + Double(top.drawn) * drawnRank * drawnRank
    let ties = Set(tied.sorted + certain.sorted).sorted().reduce(0) { sum, value in
      sum
        + expectedTies(
          certain: certain.equal(value), tied: tied.equal(value), draws: top.drawn, among: top.tied.count)
    }
    let otherSquare = (count * count * count - count - ties) / 12
    // Squares of ranks are multiples of a quarter; what an expectation has below that is rounding.
    guard square > 0, otherSquare > 1e-9 else { return nil }
    return max(-1, min(1, product / (square * otherSquare).squareRoot()))
  }

  /// The expectation of t³ − t, with t the number of equal values: those that are certain, and as many of the tied ones
  /// as happen to be drawn (hypergeometric; by its factorial moments).
  private static func expectedTies(certain: Int, tied: Int, draws: Int, among total: Int) -> Double {
    func moment(_ order: Int) -> Double {
      (0..<order).reduce(1.0) { product, step in
        total > step
          ? product * Double(draws - step) * Double(tied - step) / Double(total - step) : 0
      }
    }
    let (first, second, third) = (moment(1), moment(2), moment(3))
    let (square, cube) = (second + first, third + 3 * second + first)
    let known = Double(certain)
    return known * known * known - known + (3 * known * known - 1) * first + 3 * known * square + cube
  }

  /// How often values occur.
  private struct Occurrences {
    let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    /// How many are below a value.
    func below(_ value: Double) -> Int { position { $0 < value } }
    /// How many are equal to a value.
    func equal(_ value: Double) -> Int { position { $0 <= value } - below(value) }

    /// How many of the first ones satisfy a condition that the others do not.
    private func position(_ isBefore: (Double) -> Bool) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}
