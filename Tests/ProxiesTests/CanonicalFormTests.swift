import BitModel
import Foundation
import Foundations
import LayerStatistics
import Proxies
import RankStatistics
import Testing
import Torch

/// Canonical forms: equal for proxies that are the same, themselves canonical, and ranking as the proxy does.
@Suite struct CanonicalFormTests {
  private static let bits = [2, 3, 4]

  /// Layers of random tensors, of either sign and with zeros, and perturbations for each of three bits.
  private func evaluator() throws -> ProxyEvaluator {
    func random(_ purpose: String, _ layer: Int) -> RandomStream {
      RandomStream(seed: 11, purpose: purpose, index: UInt64(layer))
    }
    var tensors: [Statistic: [Tensor]] = [:]
    for statistic in Statistic.allCases {
      tensors[statistic] = try (0..<5).map { layer in
        var stream = random(statistic.rawValue, layer)
        let isNumber = [.hessianTrace, .hessianTraceError, .topEigenvalue, .activationFisher].contains(
          statistic)
        let shape = isNumber ? [] : statistic == .activation ? [5, 3, 2] : [4 + layer, 3, 2]
        let isPositive = statistic == .fisher || statistic == .activationFisher
        let values = (0..<shape.reduce(1, *)).map { _ in
          let value = (stream.uniform() - 0.45) * Double(layer + 1)
          return isPositive ? abs(value) : value
        }
        return try Tensor(values, shape: shape)
      }
    }
    var values: [PerturbationStatistic: [[Double]]] = [:]
    for statistic in PerturbationStatistic.allCases {
      values[statistic] = (0..<5).map { layer in
        var stream = random("perturbation \(statistic.rawValue)", layer)
        let isSigned = [.gradientProduct, .hessianProduct, .lossIncrease].contains(statistic)
        return Self.bits.map { _ in stream.uniform() - (isSigned ? 0.5 : 0) }
      }
    }
    let table = PerturbationTable(
      rounding: "r", calibration: "c", weightBits: Self.bits, activationBits: [2, 3, 4], values: values)
    let costs = (0..<5).map { LayerCost(name: "layer\($0)", parameters: 6 * (4 + $0), macs: 100 - $0) }
    let statistics = NetworkStatistics(
      costs: CostModel(layers: costs), tensors: tensors, perturbations: [table])
    let choices = Self.bits.map { BitChoice(weightBits: $0, activationBits: $0) }
    return try ProxyEvaluator(
      ProxyInputs(statistics), grid: BitGrid(choices: Array(repeating: choices, count: 5)))
  }

  private static let configurations: [BitConfiguration] = (0..<40).map { index in
    var stream = RandomStream(seed: 12, purpose: "configuration", index: UInt64(index))
    return BitConfiguration(
      (0..<5).map { _ in
        let chosen = bits[stream.integer(below: 3)]
        return BitChoice(weightBits: chosen, activationBits: chosen)
      })
  }

  private func scores(_ proxy: Proxy, _ evaluator: ProxyEvaluator) throws -> [Double]? {
    guard case .success = evaluator.scores(proxy),
      let scores = try? proxy.scores(evaluator.inputs).scores(Self.configurations)
    else { return nil }
    // What is equal but for rounding shall have equal ranks.
    let scale = scores.map { abs($0) }.max() ?? 1
    return scores.map { ($0 / scale * 1e9).rounded() }
  }

  @Test(arguments: [
    ("add(weight, gradient)", "add(gradient, weight)"),
    ("mul(abs(abs(weight)), gradient)", "mul(gradient, abs(weight))"),
    ("negate(negate(weight))", "weight"), ("invert(invert(weight))", "weight"),
    ("square(negate(weight))", "square(abs(weight))"), ("mul(weight, weight)", "square(weight)"),
    ("to_mean(weight)", "weight"), ("normalized_sum(abs(weight))", "abs(weight)"),
    ("add(to_mean(weight), gradient)", "add(gradient, weight)"),
    ("sub(weight, negate(gradient))", "add(weight, gradient)"), ("relu(square(weight))", "square(weight)"),
    ("to_max(to_std(weight))", "to_std(weight)"), ("l1_norm(to_std(weight))", "to_std(weight)"),
    ("sqrt(square(weight))", "abs(weight)"), ("min_max(normalize(weight))", "min_max(weight)"),
    ("greater(weight, gradient)", "lesser(gradient, weight)"), ("max(weight, weight)", "weight"),
    ("matmul(gradient, weight)", "matmul(weight, gradient)"),
    ("row_products(weight)", "matmul(weight, weight)"),
    ("log(square(weight))", "abslog(square(weight))"),
    ("layer_log_sum(square(divergence))", "layer_log_sum(divergence)"),
    ("layer_product(negate(abs(loss_increase)))", "layer_product(loss_increase)"),
    ("layer_max(cube(loss_increase))", "layer_max(loss_increase)"),
  ])
  func sameProxiesShareAForm(_ left: String, _ right: String) throws {
    let (left, right) = (try Proxy(parsing: left), try Proxy(parsing: right))
    #expect(left.canonical == right.canonical, "\(left.canonical) and \(right.canonical)")
    #expect(left.canonicalHash == right.canonicalHash)
  }

  @Test(arguments: [
    ("sub(weight, gradient)", "sub(gradient, weight)"), ("log(exp(weight))", "weight"),
    ("square(sqrt(weight))", "weight"), ("cube(weight)", "weight"), ("negate(weight)", "weight"),
    ("layer_sum(cube(divergence))", "layer_sum(divergence)"),
    ("layer_sum(divergence)", "layer_max(divergence)"),
    ("abs(to_mean(weight))", "abs(weight)"),
  ])
  func differentProxiesDoNot(_ left: String, _ right: String) throws {
    #expect(try Proxy(parsing: left).canonical != Proxy(parsing: right).canonical)
  }

  /// Random proxies of every structure: the form's form is the form, and both rank configurations alike.
  @Test(arguments: Structure.ofLayers)
  func formsAreCanonicalAndRankAlike(_ structure: Structure) throws {
    let evaluator = try evaluator()
    let space = SearchSpace(
      shape: StructureShape(structure), inputs: FormulaInput.all, aggregations: Aggregation.allCases)
    var compared = 0
    for index in 0..<3000 {
      var stream = RandomStream(seed: 13, purpose: structure.rawValue, index: UInt64(index))
      let proxy = try #require(space.random(using: &stream).proxy.layerFormula)
      let form = proxy.canonical
      #expect(form.canonical == form, "\(proxy)")
      #expect(form.complexity <= proxy.complexity + 1, "\(proxy)")
      let (expected, found) = (try scores(proxy, evaluator), try scores(form, evaluator))
      // Where a score is at the edge of rounding, one may be told to be constant and the other not.
      guard let expected, let found, let rho = RankCorrelation.spearman(expected, found) else { continue }
      compared += 1
      #expect(rho > 0.999, "\(proxy) and \(form): \(rho)")
    }
    #expect(compared > 300)
  }

  /// What a formula shows to be without a score has none.
  @Test func staticFaultsAreFaults() throws {
    let evaluator = try evaluator()
    let space = SearchSpace(inputs: FormulaInput.all, aggregations: Aggregation.allCases)
    var found = 0
    for index in 0..<5000 {
      var stream = RandomStream(seed: 14, purpose: "faults", index: UInt64(index))
      let proxy = try #require(space.random(using: &stream).proxy.layerFormula)
      guard proxy.staticFault != nil else { continue }
      found += 1
      if !proxy.expression.dependsOnBits, proxy.aggregation != .bitWeighted { continue }
      #expect(throws: InvalidScore.self, "\(proxy)") { try evaluator.scores(proxy).get() }
    }
    #expect(found > 500)
  }
}
