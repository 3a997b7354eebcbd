import Foundation
import Foundations
import RankStatistics
import Testing

/// Rank correlations against values that SciPy computed (`Tests/Golden/rank_correlation.py`).
@Suite struct RankCorrelationTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let left: [Double]
    let right: [Double]
    let leftRanks: [Double]?
    let pearson: Double?
    let spearman: Double?
    let kendall: Double?
    let atTop: [String: Double?]
    let atTrueTop: [String: Double?]
    let topOverlap: [String: Double?]

    var testDescription: String { name }
  }

  static func golden() throws -> [Golden] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(
      [Golden].self, from: Data(contentsOf: tests.appendingPathComponent("Golden/rank_correlation.json")))
  }

  private func expectEqual(_ value: Double?, _ expected: Double?, _ what: String) {
    guard let value, let expected else {
      #expect(
        value == nil && expected == nil,
        "\(what): \(String(describing: value)) instead of \(String(describing: expected))")
      return
    }
    #expect(abs(value - expected) <= 1e-12, "\(what): \(value) instead of \(expected)")
  }

  @Test(arguments: try RankCorrelationTests.golden())
  func equalsSciPy(_ golden: Golden) {
    if let ranks = golden.leftRanks { #expect(RankCorrelation.ranks(golden.left) == ranks) }
    expectEqual(RankCorrelation.pearson(golden.left, golden.right), golden.pearson, "Pearson")
    expectEqual(RankCorrelation.spearman(golden.left, golden.right), golden.spearman, "Spearman")
    #expect(RankCorrelation.kendall(golden.left, golden.right) == golden.kendall)
    for share in [0.2, 0.5, 1.0] {
      func expected(_ values: [String: Double?]) -> Double? { values["\(Int(share * 100))"] ?? nil }
      let (predicted, truth) = (golden.left, golden.right)
      expectEqual(
        RankCorrelation.spearman(atTop: share, predicted: predicted, truth: truth), expected(golden.atTop),
        "ρ@\(share)")
      expectEqual(
        RankCorrelation.spearman(atTrueTop: share, predicted: predicted, truth: truth),
        expected(golden.atTrueTop), "ρ among the truly best \(share)")
      expectEqual(
        RankCorrelation.topOverlap(share: share, predicted: predicted, truth: truth),
        expected(golden.topOverlap), "overlap of the best \(share)")
    }
  }

  @Test func goldenCasesAreThere() throws {
    let cases = try Self.golden()
    #expect(cases.count >= 60)
    #expect(cases.contains { $0.spearman == nil })
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func isUndefinedForValuesThatAreNotFinite(_ value: Double) {
    let left = [1, value, 3]
    let right = [1.0, 2, 3]
    #expect(RankCorrelation.pearson(left, right) == nil)
    #expect(RankCorrelation.spearman(left, right) == nil)
    #expect(RankCorrelation.spearman(right, left) == nil)
    #expect(RankCorrelation.kendall(left, right) == nil)
    #expect(RankCorrelation.spearman(atTop: 1, predicted: left, truth: right) == nil)
    #expect(RankCorrelation.spearman(atTrueTop: 1, predicted: right, truth: left) == nil)
    #expect(RankCorrelation.topOverlap(share: 1, predicted: left, truth: right) == nil)
  }

  @Test(arguments: [Double.nan, .infinity, -1, 1.5])
  func isUndefinedForSharesThatAreNone(_ share: Double) {
    let values = [1.0, 2, 3, 4]
    #expect(RankCorrelation.spearman(atTop: share, predicted: values, truth: values) == nil)
    #expect(RankCorrelation.spearman(atTrueTop: share, predicted: values, truth: values) == nil)
    #expect(RankCorrelation.topOverlap(share: share, predicted: values, truth: values) == nil)
  }

  @Test func theTrulyBestAreNotThoseThatArePredictedBest() throws {
    // Right among the truly best four, wrong among those that are predicted best.
    let truth = [8.0, 7, 6, 5, 4, 3, 2, 1]
    let predicted = [4.0, 3, 2, 1, 5, 6, 7, 8]
    #expect(
      try #require(RankCorrelation.spearman(atTrueTop: 0.5, predicted: predicted, truth: truth)) > 0.999)
    #expect(try #require(RankCorrelation.spearman(atTop: 0.5, predicted: predicted, truth: truth)) < -0.999)
    #expect(RankCorrelation.topOverlap(share: 0.5, predicted: predicted, truth: truth) == 0)
    #expect(RankCorrelation.topOverlap(share: 0.1, predicted: predicted, truth: truth) == 0)
    #expect(RankCorrelation.topOverlap(share: 0.01, predicted: predicted, truth: truth) == nil)
  }

  @Test func kendallOfManyValuesIsQuick() throws {
    var stream = RandomStream(seed: 1, purpose: "kendall")
    let left = (0..<200_000).map { _ in Double(stream.integer(below: 1000)) }
    let right = left.map { $0 + 500 * stream.uniform() }
    let start = ContinuousClock.now
    let tau = try #require(RankCorrelation.kendall(left, right))
    #expect(tau > 0.5 && tau < 1)
    // All pairs would take minutes.
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func isUndefinedForListsOfOtherLength() {
    #expect(RankCorrelation.spearman([1, 2, 3], [1, 2]) == nil)
    #expect(RankCorrelation.kendall([1, 2, 3], [1, 2]) == nil)
    #expect(RankCorrelation.spearman(atTop: 1, predicted: [1, 2, 3], truth: [1, 2]) == nil)
    #expect(RankCorrelation.spearman(atTrueTop: 1, predicted: [1, 2], truth: [1, 2, 3]) == nil)
    #expect(RankCorrelation.topOverlap(share: 1, predicted: [1, 2, 3], truth: [1, 2]) == nil)
  }
}
