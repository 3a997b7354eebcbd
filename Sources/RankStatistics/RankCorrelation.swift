/// How well two orders agree.
///
/// Where a correlation is not defined (fewer than two values, all equal, or a value that is not finite) the
/// result is nil, never 0.
public enum RankCorrelation {
  /// The rank of each value from 1 up; equal values share the mean of their ranks.
  ///
  /// - Complexity: O(n log n).
  public static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var result = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for position in start...end { result[order[position]] = Double(start + end) / 2 + 1 }
      start = end + 1
    }
    return result
  }

  /// Pearson's r.
  public static func pearson(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.count > 1, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite)
    else { return nil }
    let count = Double(left.count)
    let leftMean = left.reduce(0, +) / count
    let rightMean = right.reduce(0, +) / count
    var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
    for (x, y) in zip(left, right) {
      product += (x - leftMean) * (y - rightMean)
      leftSquare += (x - leftMean) * (x - leftMean)
      rightSquare += (y - rightMean) * (y - rightMean)
    }
    guard leftSquare > 0, rightSquare > 0 else { return nil }
    return max(-1, min(1, product / (leftSquare * rightSquare).squareRoot()))
  }

  /// Spearman's ρ: Pearson's r of the ranks.
  public static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else {
      return nil
    }
    return pearson(ranks(left), ranks(right))
  }

  /// ρ@k: Spearman's ρ among the share k of configurations with the highest predicted scores.
  ///
  /// Equal scores at the boundary are taken in order of position.
  ///
  /// - Complexity: O(n log n).
  public static func spearman(atTop share: Double, predicted: [Double], truth: [Double]) -> Double? {
    spearman(among: top(share, of: predicted), predicted, truth)
  }

  /// Spearman's ρ among the share of configurations whose true values are highest.
  ///
  /// Unlike ρ@k, whose choice is the predictor's, all predictors are judged by the same configurations. Equal values at
  /// the boundary are taken in order of position.
  ///
  /// - Complexity: O(n log n).
  public static func spearman(atTrueTop share: Double, predicted: [Double], truth: [Double]) -> Double? {
    spearman(among: top(share, of: truth), predicted, truth)
  }

  /// How much of the truly best share is also predicted to be best: |top k predicted ∩ top k true| / k.
  ///
  /// Equal values at the boundary are taken in order of position. Nil also where scores or truths are all equal, as the
  /// best would be those that happen to come first.
  ///
  /// - Complexity: O(n log n).
  public static func topOverlap(share: Double, predicted: [Double], truth: [Double]) -> Double? {
    guard predicted.count == truth.count, varies(predicted), varies(truth),
      let chosen = top(share, of: predicted), let best = top(share, of: truth), !best.isEmpty
    else { return nil }
    return Double(Set(chosen).intersection(best).count) / Double(best.count)
  }

  /// Whether values are finite and not all equal, so that they have an order.
  package static func varies(_ values: [Double]) -> Bool {
    guard let first = values.first, values.allSatisfy(\.isFinite) else { return false }
    return values.contains { $0 != first }
  }

  private static func spearman(
    among positions: [Int]?, _ predicted: [Double], _ truth: [Double]
  ) -> Double? {
    guard let positions, predicted.count == truth.count, predicted.allSatisfy(\.isFinite),
      truth.allSatisfy(\.isFinite)
    else { return nil }
    return spearman(positions.map { predicted[$0] }, positions.map { truth[$0] })
  }

  /// The positions of the share of values that are highest; nil where the share is not one of 0 to 1.
  private static func top(_ share: Double, of values: [Double]) -> [Int]? {
    guard (0...1).contains(share), values.allSatisfy(\.isFinite) else { return nil }
    let count = Int((Double(values.count) * share).rounded())
    return Array(values.indices.sorted { (values[$0], $1) > (values[$1], $0) }.prefix(count))
  }
}
