import RankStatistics

/// Ranks scores against truths that stay the same.
///
/// Truths are sorted once. Scores are sorted once for all shares k: the ranks among the highest of them are those of a
/// prefix, and the truths' ranks among these are read off the sorted truths. Where equal scores lie on both sides of a
/// share's boundary, what is expected of the choice among them is computed instead.
///
/// - Complexity: O(n log n) for the sort, and O(n) for each share.
package struct RankingKernel {
  private let measure: FitnessMeasure
  private let ties: SearchConventions.Ties
  private let truth: [Double]
  /// Positions in ascending order of truth.
  private let truthOrder: [Int]
  private var order: [Int]
  private var isChosen: [Bool]
  private var predictedRanks: [Double]
  private var truthRanks: [Double]

  package init(truth: [Double], measure: FitnessMeasure, ties: SearchConventions.Ties) {
    let truth = Self.joined(truth, ties)
    self.truth = truth
    self.measure = measure
    self.ties = ties
    truthOrder = truth.indices.sorted { (truth[$0], $0) < (truth[$1], $1) }
    order = Array(truth.indices)
    isChosen = truth.map { _ in false }
    predictedRanks = truth.map { _ in 0 }
    truthRanks = truth.map { _ in 0 }
  }

  /// The measure's value; nil where it is not defined.
  ///
  /// - Parameter scores: finite, one for each truth.
  package mutating func value(_ scores: [Double]) -> Double? {
    let joined = Self.joined(scores, ties)
    switch measure {
    case .kendall: return RankCorrelation.exactKendall(joined, truth)
    case .pearson:
      guard let first = joined.first, joined.contains(where: { $0 != first }) else { return nil }
      return RankCorrelation.correlation(scores, truth)
    case .trueSpearman(let shares): return mean(shares) { trueSpearman(share: $0, joined) }
    case .spearman(let shares): return spearman(shares, joined)
    }
  }

  private static func joined(_ values: [Double], _ ties: SearchConventions.Ties) -> [Double] {
    switch ties {
    case .joined: ScoreTies.joined(values)
    case .byPosition: values
    }
  }

  /// A number that scores share which order all configurations alike, ties included.
  mutating func fingerprint(_ scores: [Double]) -> UInt64 {
    let scores = Self.joined(scores, ties)
    sort(scores)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var previous: Double?
    var group: UInt64 = 0
    for position in order {
      if let previous, scores[position] != previous { group += 1 }
      previous = scores[position]
      hash = (hash ^ (UInt64(position) | group << 32)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  private func mean(_ shares: [Double], _ value: (Double) -> Double?) -> Double? {
    var total = 0.0
    for share in shares {
      guard let correlation = value(share) else { return nil }
      total += correlation
    }
    return total / Double(shares.count)
  }

  /// Positions from the highest score down, equal ones in order of position.
  private mutating func sort(_ scores: [Double]) {
    for index in order.indices { order[index] = index }
    order.sort { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
  }

  private mutating func spearman(_ shares: [Double], _ scores: [Double]) -> Double? {
    sort(scores)
    var total = 0.0
    for share in shares {
      guard let correlation = spearman(share: share, scores) else { return nil }
      total += correlation
    }
    return total / Double(shares.count)
  }

  /// ρ among the share of scores that are highest, which are sorted.
  private mutating func spearman(share: Double, _ scores: [Double]) -> Double? {
    let count = Int((Double(order.count) * share).rounded())
    switch ties {
    case .byPosition: return spearman(amongFirst: count, scores)
    case .joined:
      guard count > 0, count < order.count, scores[order[count]] == scores[order[count - 1]] else {
        return spearman(amongFirst: count, scores)
      }
      return TopShare(share, of: scores).flatMap {
        RankCorrelation.expectedSpearman($0, values: scores, others: truth)
      }
    }
  }

  /// ρ among the share of truths that are highest.
  private func trueSpearman(share: Double, _ scores: [Double]) -> Double? {
    guard let top = TopShare(share, of: truth) else { return nil }
    switch ties {
    case .joined: return RankCorrelation.expectedSpearman(top, values: truth, others: scores)
    case .byPosition:
      return RankCorrelation.correlation(
        RankCorrelation.exactRanks(top.inOrder.map { scores[$0] }),
        RankCorrelation.exactRanks(top.inOrder.map { truth[$0] }))
    }
  }

  private mutating func spearman(amongFirst count: Int, _ scores: [Double]) -> Double? {
    guard count > 1 else { return nil }
    for index in isChosen.indices { isChosen[index] = false }
    // Ranks of scores from the lowest up, equal ones sharing their mean.
    var start = 0
    while start < count {
      var end = start
      while end + 1 < count, scores[order[end + 1]] == scores[order[start]] { end += 1 }
      let rank = Double(count) - Double(start + end) / 2
      for place in start...end {
        predictedRanks[order[place]] = rank
        isChosen[order[place]] = true
      }
      start = end + 1
    }
    rankTruths()
    let mean = Double(count + 1) / 2
    var (product, predictedSquare, truthSquare) = (0.0, 0.0, 0.0)
    for place in 0..<count {
      let x = predictedRanks[order[place]] - mean
      let y = truthRanks[order[place]] - mean
      product += x * y
      predictedSquare += x * x
      truthSquare += y * y
    }
    guard predictedSquare > 0, truthSquare > 0 else { return nil }
    return max(-1, min(1, product / (predictedSquare * truthSquare).squareRoot()))
  }

  /// Ranks of the chosen truths from the lowest up, equal ones sharing their mean.
  private mutating func rankTruths() {
    var rank = 0
    var index = 0
    while index < truthOrder.count {
      guard isChosen[truthOrder[index]] else {
        index += 1
        continue
      }
      let value = truth[truthOrder[index]]
      var (end, equal) = (index, 0)
      while end < truthOrder.count, truth[truthOrder[end]] == value {
        if isChosen[truthOrder[end]] { equal += 1 }
        end += 1
      }
      let shared = Double(rank) + Double(equal + 1) / 2
      for place in index..<end where isChosen[truthOrder[place]] { truthRanks[truthOrder[place]] = shared }
      rank += equal
      index = end
    }
  }
}
