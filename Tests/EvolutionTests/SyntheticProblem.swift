import BitModel
import Evolution
import Foundations
import LayerStatistics
import Proxies
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

  static func configurations(count: Int) -> [BitConfiguration] {
    (0..<count).map { index in
      var stream = RandomStream(seed: 9, purpose: "configuration", index: UInt64(index))
      let bits = (0..<layerCount).map { _ in 2 + stream.integer(below: 3) }
      return BitConfiguration(weightBits: bits, activationBits: 8)
    }
  }

  /// What rounding is said to do to each layer at 2, 3 and 4 bits.
  static func perturbations() -> PerturbationTable {
    var values: [PerturbationStatistic: [[Double]]] = [:]
    for statistic in PerturbationStatistic.allCases where !statistic.isOfActivations {
      values[statistic] = (0..<layerCount).map { layer in
        var stream = RandomStream(
          seed: 3, purpose: "perturbation \(statistic.rawValue)", index: UInt64(layer))
        let first = 1 + 9 * stream.uniform()
        return [first, first * stream.uniform(), first * 0.1 * stream.uniform()]
      }
    }
    return PerturbationTable(
      rounding: "r", calibration: "c", weightBits: [2, 3, 4], activationBits: [8], values: values)
  }

  static func inputs() throws -> ProxyInputs {
    var statistics = try statistics()
    statistics.perturbations = [perturbations()]
    return ProxyInputs(statistics)
  }

  /// A benchmark whose truth is the score of `formula`.
  static func benchmark(
    formula: String, count: Int = 160, seed: UInt64 = 1, primitives: PrimitiveRegistry = .standard
  ) throws -> BenchmarkProblem {
    let inputs = try inputs()
    let configurations = configurations(count: count)
    let truth = try Proxy(parsing: formula, primitives: primitives).scores(inputs).scores(configurations)
    return try BenchmarkProblem(
      name: "synthetic", inputs: inputs, configurations: configurations, truth: truth, seed: seed)
  }

  static func problem(
    formula: String, count: Int = 160, primitives: PrimitiveRegistry = .standard
  ) throws -> SearchProblem {
    try SearchProblem([benchmark(formula: formula, count: count, primitives: primitives)])
  }

  /// All inputs that were computed, with all ways to add up layers.
  static func extendedSpace(_ problem: SearchProblem, _ structure: Structure = .branched) -> SearchSpace {
    SearchSpace(
      shape: StructureShape(structure), inputs: FormulaInput.extended.filter { problem.isAvailable($0) },
      aggregations: Aggregation.allCases)
  }
}
