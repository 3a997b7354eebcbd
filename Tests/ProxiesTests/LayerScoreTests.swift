import BitModel
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

/// Scores of layers and configurations, and the reasons why there are none.
@Suite struct LayerScoreTests {
  private func evaluator(
    _ weights: [[Float]], shape: [Int]? = nil, memoryLimit: Int = 1 << 20
  ) throws -> ProxyEvaluator {
    let costs = weights.indices.map { LayerCost(name: "layer\($0)", parameters: weights[$0].count, macs: 1) }
    let tensors = try weights.map { try Tensor($0, shape: shape ?? [$0.count]) }
    let statistics = NetworkStatistics(costs: CostModel(layers: costs), tensors: [.weight: tensors])
    return try ProxyEvaluator(ProxyInputs(statistics), memoryLimit: memoryLimit)
  }

  @Test(arguments: [
    ("log(weight)", InvalidScore.notFinite),  // negative numbers
    ("invert(relu(weight))", .notFinite),  // 1 / 0
    ("exp(exp(exp(square(weight))))", .notFinite),  // beyond the range
    ("sub(weight, weight)", .constant),
    ("mul(weight, sub(weight, weight))", .constant),
    ("gradient", .missingStatistic),
    ("add(weight, hessian)", .missingStatistic),
  ])
  func saysWhyThereIsNoScore(_ text: String, _ reason: InvalidScore) throws {
    let result = try evaluator([[1, -2, 3], [2, -3, 5]]).layerScores(Proxy(parsing: text))
    #expect(result == .failure(reason))
  }

  @Test func constantTensorsCannotBeNormalized() throws {
    let evaluator = try evaluator([[2, 2, 2], [1, 2, 3]])
    #expect(try evaluator.layerScores(Proxy(parsing: "normalize(weight)")) == .failure(.notFinite))
    #expect(try evaluator.layerScores(Proxy(parsing: "min_max(weight)")) == .failure(.notFinite))
  }

  @Test func aSingleElementHasNoDeviation() throws {
    #expect(try evaluator([[2], [3]]).layerScores(Proxy(parsing: "to_std(weight)")) == .failure(.notFinite))
  }

  @Test func oneLayerCannotBeRanked() throws {
    #expect(try evaluator([[2, 3]]).layerScores(Proxy(parsing: "weight")) == .failure(.constant))
  }

  @Test(arguments: [0, 64, 1 << 20])
  func scoresDoNotDependOnWhatIsRemembered(_ memoryLimit: Int) throws {
    let weights: [[Float]] = [[1, 2, 3, 4], [0.5, 1, 8, 2], [3, 3, 1, 0.25]]
    let small = try evaluator(weights, shape: [2, 2], memoryLimit: memoryLimit)
    let fresh = try evaluator(weights, shape: [2, 2], memoryLimit: 0)
    for round in 0..<2 {
      for index in 0..<100 {
        var stream = RandomStream(seed: 3, purpose: "cache", index: UInt64(index))
        let drawn = SearchSpace(inputs: [.statistic(.weight)]).random(using: &stream)
        let proxy = try #require(drawn.proxy.layerFormula)
        #expect(small.layerScores(proxy) == fresh.layerScores(proxy), "round \(round): \(proxy)")
      }
    }
  }

  @Test func configurationsAreScoredByTheirBits() throws {
    let scores = LayerBitScores(coefficients: [0.5, -1, 2])
    let configurations = [[8, 2, 3], [8, 4, 4], [8, 2, 2]].map {
      BitConfiguration(weightBits: $0, activationBits: 8)
    }
    #expect(try scores.scores(configurations) == [8, 8, 6])
  }
}
