import Foundations
import RankStatistics
import Testing

/// Scores that are equal in mathematics are equal to every metric, however they were added up.
@Suite("Ties of scores")
struct ScoreTiesTests {
  /// Layers of three kinds, whose bits add up to few different scores.
  private static let coefficients = (0..<24).map { [0.1, 0.7, -0.3][$0 % 3] }
  private static let bits = (0..<200).map { index in
    var stream = RandomStream(seed: 4, purpose: "bits", index: UInt64(index))
    return coefficients.map { _ in Double(2 + stream.integer(below: 3)) }
  }
  private static let truth = bits.enumerated().map { index, row in
    var stream = RandomStream(seed: 4, purpose: "truth", index: UInt64(index))
    return row.reduce(0, +) + 10 * stream.uniform()
  }
  private static let sizes = bits.map { Int($0.prefix(6).reduce(0, +)) }

  /// Scores added up from the first layer to the last, or in a random order.
  private static func scores(shuffledBy seed: UInt64?) -> [Double] {
    var order = Array(coefficients.indices)
    if let seed {
      var stream = RandomStream(seed: seed, purpose: "order")
      order.shuffle(using: &stream)
    }
    return bits.map { row in order.reduce(0) { $0 + coefficients[$1] * row[$1] } }
  }

  @Test("are those of sums in any order")
  func order() {
    let exact = Self.bits.map { row in
      // In tenths, which are whole numbers.
      row.indices.reduce(0) { (sum: Int, layer: Int) -> Int in
        let tenths: Int = [1, 7, -3][layer % 3]
        return sum + tenths * Int(row[layer])
      }
    }
    let scores = Self.scores(shuffledBy: nil)
    #expect(Set(scores).count > Set(exact).count)
    #expect(Set(ScoreTies.joined(scores)).count == Set(exact).count)
    #expect(RankCorrelation.ranks(scores) == RankCorrelation.ranks(exact.map(Double.init)))
  }

  @Test("no metric depends on the order of a sum", arguments: RankingMetric.allCases)
  func sums(metric: RankingMetric) throws {
    func value(_ seed: UInt64?) throws -> Double {
      try #require(
        metric.value(
          predicted: Self.scores(shuffledBy: seed), truth: Self.truth, sizes: Self.sizes))
    }
    let expected = try value(nil)
    for seed in 1..<20 { #expect(try abs(value(UInt64(seed)) - expected) < 1e-11) }
  }

  @Test("no metric depends on the order of configurations", arguments: RankingMetric.allCases)
  func permutations(metric: RankingMetric) throws {
    let scores = Self.scores(shuffledBy: nil)
    // Ties of truths as well, as of accuracies on few images.
    for truth in [Self.truth, Self.truth.map { ($0 / 3).rounded() }] {
      func value(_ order: [Int]) throws -> Double {
        try #require(
          metric.value(
            predicted: order.map { scores[$0] }, truth: order.map { truth[$0] },
            sizes: order.map { Self.sizes[$0] }))
      }
      let expected = try value(Array(scores.indices))
      for seed in 0..<20 {
        var stream = RandomStream(seed: UInt64(seed), purpose: "shuffled configurations")
        #expect(try abs(value(scores.indices.shuffled(using: &stream)) - expected) < 1e-11)
      }
    }
  }

  @Test("do not join what differs, however small it is")
  func differences() {
    let decades = (0..<12).map { (0..<$0).reduce(1.0) { product, _ in product / 10 } }
    #expect(ScoreTies.joined(decades) == decades)
    #expect(Set(ScoreTies.joined([1, 1 + 1e-10, 1 + 2e-10])).count == 3)
    #expect(Set(ScoreTies.joined([1e6, 1e6 + 1e-4])).count == 2)
    #expect(ScoreTies.joined([-1, 0, 1]) == [-1, 0, 1])
  }

  @Test("join what sums of both signs leave near zero")
  func cancellation() {
    let remainder = 0.1 + 0.2 - 0.3
    #expect(remainder != 0)
    #expect(ScoreTies.joined([remainder, 0, 0.5, -0.5]) == [0, 0, 0.5, -0.5])
  }

  @Test("leave alone what is no number, and lists of one value or none", arguments: [Double.nan, .infinity])
  func notFinite(_ value: Double) {
    #expect(ScoreTies.joined([]).isEmpty)
    #expect(ScoreTies.joined([3]) == [3])
    let values = [1, 1 + 1e-15, value]
    #expect(ScoreTies.joined(values).map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test("scores that are one value but for rounding rank nothing", arguments: RankingMetric.allCases)
  func constant(metric: RankingMetric) {
    let scores = Self.truth.indices.map { 0.3 * (1 + 1e-15 * Double($0 % 3)) }
    #expect(Set(scores).count > 1)
    #expect(metric.value(predicted: scores, truth: Self.truth, sizes: Self.sizes) == nil)
  }

  @Test("ρ@k of equal scores at the boundary is the mean over the choices among them")
  func boundary() throws {
    // Two are certain, and two of the three next ones join them.
    let predicted: [Double] = [9, 8, 5, 5, 5, 1, 0, 0]
    let truth: [Double] = [6, 7, 1, 8, 3, 2, 4, 5]
    let sets = [[0, 1, 2, 3], [0, 1, 2, 4], [0, 1, 3, 4]]
    let choices: [Double] = sets.map { choice in
      RankCorrelation.spearman(choice.map { predicted[$0] }, choice.map { truth[$0] }) ?? .nan
    }
    let expected = choices.reduce(0, +) / 3
    let found = try #require(RankCorrelation.spearman(atTop: 0.5, predicted: predicted, truth: truth))
    #expect(abs(found - expected) < 1e-12)
    #expect(choices.allSatisfy { abs($0 - expected) > 0.01 })
    let overlap = RankCorrelation.topOverlap(share: 0.5, predicted: predicted, truth: truth)
    // Truly best are the first two, the fourth and the last.
    #expect(abs(try #require(overlap) - 2.0 / 3) < 1e-12)
  }
}
