/// How well two orders agree.
///
/// Where a correlation is not defined (fewer than two values, all equal, or a value that is not finite) the
/// result is nil, never 0. Values are equal where ``ScoreTies`` says so, and nothing depends on the order that
/// configurations stand in: equal values share their mean rank, and of those at the boundary of a share each is as likely
/// to be within as the others.
public enum RankCorrelation {
  /// The rank of each value from 1 up; equal values share the mean of their ranks.
  ///
  /// - Complexity: O(n log n).
  public static func ranks(_ values: [Double]) -> [Double] { exactRanks(ScoreTies.joined(values)) }

  /// Pearson's r.
  public static func pearson(_ left: [Double], _ right: [Double]) -> Double? {
    guard varies(left), varies(right) else { return nil }
    return correlation(left, right)
  }

  /// Spearman's ρ: Pearson's r of the ranks.
  public static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else {
      return nil
    }
    return correlation(ranks(left), ranks(right))
  }

  /// ρ@k: Spearman's ρ among the share k of configurations with the highest predicted scores.
  ///
  /// The number of configurations is rounded; of those with equal scores at the boundary, so many as there is room for are
  /// drawn, and the result is what is expected of the draw (`expectedSpearman`).
  ///
  /// - Complexity: O(n log n).
  public static func spearman(atTop share: Double, predicted: [Double], truth: [Double]) -> Double? {
    spearman(atTop: share, of: predicted, with: truth)
  }

  /// Spearman's ρ among the share of configurations whose true values are highest.
  ///
  /// Unlike ρ@k, whose choice is the predictor's, all predictors are judged by the same configurations. Equal values at
  /// the boundary are drawn as those of ρ@k.
  ///
  /// - Complexity: O(n log n).
  public static func spearman(atTrueTop share: Double, predicted: [Double], truth: [Double]) -> Double? {
    spearman(atTop: share, of: truth, with: predicted)
  }

  /// How much of the share that is predicted to be best is among the truly best: |top k predicted ∩ top k true| / k.
  ///
  /// Of equal scores at the boundary each is as likely to be among the best, and the result is the expected overlap. All
  /// truths that equal the k-th best are among the best, as none of them is a worse choice. Nil also where scores or
  /// truths are all equal, as nothing is predicted then.
  ///
  /// - Complexity: O(n log n).
  public static func topOverlap(share: Double, predicted: [Double], truth: [Double]) -> Double? {
    let (predicted, truth) = (ScoreTies.joined(predicted), ScoreTies.joined(truth))
    guard predicted.count == truth.count, varies(predicted), varies(truth),
      let chosen = TopShare(share, of: predicted), let best = TopShare(share, of: truth), best.count > 0
    else { return nil }
    let isBest = Set(best.certain + best.tied)
    let certain = chosen.certain.count { isBest.contains($0) }
    let tied = chosen.tied.count { isBest.contains($0) }
    let expected = Double(tied * chosen.drawn) / Double(max(1, chosen.tied.count))
    return (Double(certain) + expected) / Double(best.count)
  }

  /// Whether values are finite and not all equal, so that they have an order.
  package static func varies(_ values: [Double]) -> Bool {
    guard values.allSatisfy(\.isFinite), let first = values.first, values.contains(where: { $0 != first })
    else { return false }
    let joined = ScoreTies.joined(values)
    return joined.contains { $0 != joined[0] }
  }

  private static func spearman(atTop share: Double, of values: [Double], with others: [Double]) -> Double? {
    guard values.count == others.count, others.allSatisfy(\.isFinite) else { return nil }
    let (values, others) = (ScoreTies.joined(values), ScoreTies.joined(others))
    return TopShare(share, of: values).flatMap { expectedSpearman($0, values: values, others: others) }
  }

  // MARK: Numbers as they are

  /// The ranks of values that are equal where they are the same number.
  package static func exactRanks(_ values: [Double]) -> [Double] {
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

  /// Pearson's r of values that vary, however little.
  package static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.count > 1, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite)
    else { return nil }
    let count = Double(left.count)
    let leftMean = left.reduce(0, +) / count
    let rightMean = right.reduce(0, +) / count
    var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
    for index in left.indices {
      let (x, y) = (left[index], right[index])
      product += (x - leftMean) * (y - rightMean)
      leftSquare += (x - leftMean) * (x - leftMean)
      rightSquare += (y - rightMean) * (y - rightMean)
    }
    guard leftSquare > 0, rightSquare > 0 else { return nil }
    return max(-1, min(1, product / (leftSquare * rightSquare).squareRoot()))
  }
}
