import Foundation
import RankStatistics
import TestSupport
import Testing

/// Regrets against values that numpy computed (`Tests/Golden/rank_correlation.py`).
@Suite("Selection regret")
struct SelectionRegretTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    struct Regret: Decodable, Sendable {
      let mean: Double
      let maximum: Double
    }

    let name: String
    let left: [Double]
    let right: [Double]
    let sizes: [Int]
    let regret: [String: Regret?]

    var testDescription: String { name }
  }

  static func golden() throws -> [Golden] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(
      [Golden].self, from: Data(contentsOf: URL(fileURLWithPath: TestFiles.golden("rank_correlation.json"))))
  }

  @Test("is what numpy says", arguments: try SelectionRegretTests.golden(), [1, 3, 10])
  func equalsNumpy(_ golden: Golden, _ strata: Int) {
    let regret = SelectionRegret(
      predicted: golden.left, truth: golden.right, sizes: golden.sizes, strata: strata)
    let expected = golden.regret["\(strata)"] ?? nil
    guard let regret, let expected else {
      #expect(regret == nil && expected == nil)
      return
    }
    #expect(abs(regret.mean - expected.mean) <= 1e-12)
    #expect(abs(regret.maximum - expected.maximum) <= 1e-12)
  }

  @Test("some cases have one, some have none")
  func goldenCasesAreThere() throws {
    let regrets = try Self.golden().map { $0.regret["10"] ?? nil }
    #expect(regrets.contains { ($0?.mean ?? 0) > 0 })
    #expect(regrets.contains { $0 == nil })
  }

  @Test("is zero for the truth itself, and what is lost by a choice at the wrong end")
  func extremes() {
    let truth = (0..<40).map { Double(($0 * 17) % 40) }
    let sizes = Array(0..<40)
    #expect(SelectionRegret(predicted: truth, truth: truth, sizes: sizes, strata: 4)?.maximum == 0)
    let worst = SelectionRegret(predicted: truth.map { -$0 }, truth: truth, sizes: sizes, strata: 1)
    #expect(worst?.mean == 39 && worst?.maximum == 39)
  }

  @Test("is not defined without a choice")
  func undefined() {
    let values = (0..<20).map(Double.init)
    let sizes = Array(0..<20)
    func regret(_ predicted: [Double], _ truth: [Double], _ strata: Int = 10) -> SelectionRegret? {
      SelectionRegret(predicted: predicted, truth: truth, sizes: sizes, strata: strata)
    }
    #expect(regret(values, values) != nil)
    #expect(regret(values, values, 11) == nil)
    #expect(regret(values, values, 0) == nil)
    #expect(regret(values, values, -3) == nil)
    #expect(regret(values.map { _ in 1 }, values) == nil)
    #expect(regret(values, values.map { _ in 1 }) == nil)
    #expect(regret(Array(values.dropLast()), values) == nil)
    #expect(regret(values.map { $0 == 3 ? .nan : $0 }, values) == nil)
    #expect(regret(values, values.map { $0 == 3 ? .infinity : $0 }) == nil)
  }
}
