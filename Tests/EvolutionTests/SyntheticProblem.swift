import Evolution
import Proxies
import Statistics
import Support
import Torch

/// A network of random tensors, and configurations whose true values a known formula gives.
enum SyntheticProblem {
  static let layerCount = 8

  static func statistics() throws -> NetworkStatistics {
    var tensors: [Statistic: [Tensor]] = [:]
    for (position, statistic) in Statistic.paperInputs.enumerated() {
      tensors[statistic] = try (0..<layerCount).map { layer in
        var stream = RandomStream(seed: UInt64(position), purpose: "tensor", index: UInt64(layer))
        let shape = statistic == .activation ? [4, 3, 3] : [6, 4, 3]
        // Layers differ in scale and sign, so that formulas rank them in different orders.
        let scale = 0.2 + 2 * stream.uniform()
        let shift = stream.uniform() - 0.5
        let values = (0..<shape.reduce(1, *)).map { _ in Float(scale * (stream.uniform() - 0.5) + shift) }
        return try Tensor(values, shape: shape)
      }
    }
    let costs = (0..<layerCount).map { LayerCost(name: "layer\($0)", parameters: 72, macs: 72 * 9) }
    return NetworkStatistics(costs: CostModel(layers: costs), tensors: tensors)
  }

  static func configurations(count: Int) -> [[Int]] {
    (0..<count).map { index in
      var stream = RandomStream(seed: 9, purpose: "configuration", index: UInt64(index))
      return (0..<layerCount).map { _ in 2 + stream.integer(below: 3) }
    }
  }

  /// A problem whose truth is the bit-weighted score of `formula`.
  static func problem(formula: String, count: Int = 160) throws -> SearchProblem {
    let statistics = try statistics()
    let scores = try ProxyEvaluator(statistics).layerScores(Proxy(parsing: formula)).get()
    let bits = configurations(count: count)
    return try SearchProblem(
      statistics: statistics, weightBits: bits,
      truth: bitWeightedScores(layerScores: scores, weightBits: bits), seed: 1)
  }
}
