import Benchmarks
import BitModel
import Foundations
import RankStatistics
import TestSupport
import Testing

@Suite("Oracles")
struct OracleRegressionTests {
  /// Ridge regressions that numpy fitted to written-out features (`Tests/Golden/oracle_regression.py`).
  private struct Golden: Decodable {
    let weightBits, activationBits: [[Int]]
    let truth: [Double]
    let folds: [Int]
    let predictions: [String: [Double]]

    enum CodingKeys: String, CodingKey {
      case truth, folds, predictions
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
    }
  }

  @Test("predictions equal numpy's", arguments: OracleRegression.Form.allCases)
  func golden(form: OracleRegression.Form) throws {
    let golden = try TestFiles.goldenJSON("oracle_regression.json", as: Golden.self)
    let configurations = try zip(golden.weightBits, golden.activationBits).map {
      try #require(BitConfiguration(weightBits: $0, activationBits: $1))
    }
    let found = try OracleRegression(form: form).predictions(
      configurations: configurations, truth: golden.truth, foldOf: golden.folds)
    #expect(relativeDifference(found, try #require(golden.predictions[form.rawValue])) < 1e-8)
  }

  private let configurations = (0..<240).map { index in
    var stream = RandomStream(seed: 2, purpose: "configuration", index: UInt64(index))
    return BitConfiguration(
      weightBits: (0..<8).map { _ in 2 + stream.integer(below: 3) }, activationBits: 8)
  }

  /// Spearman's ρ of each form's predictions with a truth.
  private func correlations(_ truth: (BitConfiguration) -> Double) throws -> [Double] {
    let values = configurations.map(truth)
    return try OracleRegression.Form.allCases.map { form in
      let scores = try OracleRegression(form: form).predictions(
        configurations: configurations, truth: values, seed: 1)
      return try #require(RankCorrelation.spearman(scores, values))
    }
  }

  @Test("each form reaches what it can say, and no more")
  func forms() throws {
    let linear = try correlations {
      $0.weightBits.enumerated().reduce(0) { $0 + Double($1.offset * $1.element) }
    }
    #expect(linear[0] > 0.97)
    // Two bits are bad and three are best, which is no line.
    let additive = try correlations { configuration in
      configuration.weightBits.enumerated().reduce(0) {
        $0 + Double($1.offset + 1) * [0, 0, -3, 2, 1][$1.element]
      }
    }
    #expect(additive[1] > 0.95)
    #expect(additive[1] > additive[0] + 0.1)
    let pairwise = try correlations { configuration in
      (0..<7).reduce(0) { sum, layer in
        let isBoth = configuration.weightBits[layer] == 2 && configuration.weightBits[layer + 1] == 2
        return sum - (isBoth ? 10 : 0) + 0.1 * Double(configuration.weightBits[layer])
      }
    }
    #expect(pairwise[2] > pairwise[1] + 0.02)
  }

  @Test("there is nothing to learn from noise")
  func noise() throws {
    for value in try correlations({ configuration in
      var stream = RandomStream(seed: 3, purpose: configuration.description)
      return stream.uniform()
    }) {
      #expect(abs(value) < 0.25)
    }
  }

  @Test("too few configurations, and truths that do not vary, are told")
  func badInput() throws {
    let oracle = OracleRegression(form: .additive)
    #expect(throws: BenchmarkError.self) {
      try oracle.predictions(
        configurations: Array(configurations.prefix(19)), truth: Array(repeating: 1, count: 19), seed: 1)
    }
    #expect(throws: BenchmarkError.self) {
      try oracle.predictions(configurations: configurations, truth: configurations.map { _ in 2 }, seed: 1)
    }
  }
}
