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

  /// ρ@k: Spearman's ρ among the share of configurations with the highest predicted scores.
  ///
  /// Equal scores at the boundary are taken in order of position.
  public static func spearman(atTop share: Double, predicted: [Double], truth: [Double]) -> Double? {
    guard predicted.count == truth.count, predicted.allSatisfy(\.isFinite) else { return nil }
    let count = Int((Double(predicted.count) * share).rounded())
    let order = predicted.indices.sorted { (predicted[$0], $1) > (predicted[$1], $0) }.prefix(count)
    return spearman(order.map { predicted[$0] }, order.map { truth[$0] })
  }

  /// Kendall's τ-b, which allows for equal values.
  ///
  /// - Complexity: O(n²).
  public static func kendall(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count == right.count, left.count > 1, left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite)
    else { return nil }
    var (agreement, leftPairs, rightPairs) = (0, 0, 0)
    for i in left.indices {
      for j in 0..<i {
        let x = left[i] == left[j] ? 0 : left[i] > left[j] ? 1 : -1
        let y = right[i] == right[j] ? 0 : right[i] > right[j] ? 1 : -1
        agreement += x * y
        leftPairs += x * x
        rightPairs += y * y
      }
    }
    guard leftPairs > 0, rightPairs > 0 else { return nil }
    return Double(agreement) / (Double(leftPairs) * Double(rightPairs)).squareRoot()
  }
}
