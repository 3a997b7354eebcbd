import Foundation
import Support
import Testing

/// Rank correlations against values that SciPy computed (`Tests/Golden/rank_correlation.py`).
@Suite struct RankCorrelationTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let left: [Double]
    let right: [Double]
    let leftRanks: [Double]
    let pearson: Double?
    let spearman: Double?
    let kendall: Double?
    let atTop: [String: Double?]

    var testDescription: String { name }
  }

  static func golden() throws -> [Golden] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
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
    #expect(RankCorrelation.ranks(golden.left) == golden.leftRanks)
    expectEqual(RankCorrelation.pearson(golden.left, golden.right), golden.pearson, "Pearson")
    expectEqual(RankCorrelation.spearman(golden.left, golden.right), golden.spearman, "Spearman")
    expectEqual(RankCorrelation.kendall(golden.left, golden.right), golden.kendall, "Kendall")
    for share in [0.2, 0.5, 1.0] {
      let expected = golden.atTop["\(Int(share * 100))"] ?? nil
      let value = RankCorrelation.spearman(atTop: share, predicted: golden.left, truth: golden.right)
      expectEqual(value, expected, "ρ@\(share)")
    }
  }

  @Test func goldenCasesAreThere() throws {
    let cases = try Self.golden()
    #expect(cases.count >= 20)
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
  }

  @Test func isUndefinedForListsOfOtherLength() {
    #expect(RankCorrelation.spearman([1, 2, 3], [1, 2]) == nil)
    #expect(RankCorrelation.kendall([1, 2, 3], [1, 2]) == nil)
    #expect(RankCorrelation.spearman(atTop: 1, predicted: [1, 2, 3], truth: [1, 2]) == nil)
  }
}
