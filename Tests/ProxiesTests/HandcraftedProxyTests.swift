import BitModel
import Foundation
import LayerStatistics
import Proxies
import Testing
import Torch

/// Handcrafted proxies on two layers whose values can be worked out by hand.
@Suite struct HandcraftedProxyTests {
  private static let bits = [2, 8]

  private func inputs(without missing: Statistic? = nil) throws -> ProxyInputs {
    func number(_ value: Double) throws -> Tensor { try .scalar(value, elementType: .float64) }
    var tensors: [Statistic: [Tensor]] = [
      .weight: [try Tensor([3.0, -4], shape: [2]), try Tensor([1.0, 2, 2], shape: [3])],
      .gradient: [try Tensor([0.5, 1], shape: [2]), try Tensor([-2.0, 0, 1], shape: [3])],
      .hessianGradient: [try Tensor([1.0, 1], shape: [2]), try Tensor([0.0, -1, 2], shape: [3])],
      .gaussNewton: [try Tensor([2.0, 4], shape: [2]), try Tensor([1.0, 2, 6], shape: [3])],
      .synflow: [try Tensor([10.0, 1], shape: [2]), try Tensor([1.0, 2, 3], shape: [3])],
      .hessianTrace: [try number(6), try number(-3)], .topEigenvalue: [try number(5), try number(2)],
      .activationFisher: [try number(0.5), try number(7)],
      .gram: [try Tensor([2.0, 0, 0, 2], shape: [2, 2]), try Tensor([1.0, 1, 1, 1], shape: [2, 2])],
    ]
    if let missing { tensors[missing] = nil }
    let costs = [
      LayerCost(name: "first", parameters: 2, macs: 20), LayerCost(name: "second", parameters: 3, macs: 6),
    ]
    var values: [PerturbationStatistic: [[Double]]] = [:]
    for (position, statistic) in PerturbationStatistic.allCases.enumerated() where !statistic.isOfActivations
    {
      let value = Double(position + 1)
      values[statistic] = [[value, value / 4], [2 * value, .nan]]
    }
    let table = PerturbationTable(
      rounding: "r", calibration: "c", weightBits: Self.bits, activationBits: [8], values: values)
    return ProxyInputs(
      NetworkStatistics(costs: CostModel(layers: costs), tensors: tensors, perturbations: [table]))
  }

  static let coefficients: [(name: String, values: [Double])] = [
    ("bit_sum", [1, 1]), ("size", [2, 3]), ("bitops", [160, 48]), ("weight_norm", [5, 3]),
    ("snip", [5.5, 4]), ("plain", [-2.5, 0]),
    ("grad_norm", [Double(1.25).squareRoot(), Double(5).squareRoot()]), ("synflow", [34, 11]),
    ("grasp", [1, -2]), ("fisher", [0.5, 7]), ("hawq", [5, 2]), ("hawq_per_parameter", [2.5, 2.0 / 3]),
    ("hawq_v2", [3, -1]), ("hawq_v2_trace", [6, -3]), ("gauss_newton_trace", [3, 3]),
    ("ompq_uncentered", [exp(-Double(0.5).squareRoot()), exp(-Double(0.5).squareRoot())]),
  ]

  @Test(arguments: coefficients.indices)
  func bitWeightedOnesHaveTheirFormulasValue(_ index: Int) throws {
    let (name, values) = Self.coefficients[index]
    let scores = try #require(HandcraftedProxy.named(name)).layerScores(inputs())
    #expect(scores.layerCount == 2)
    for (layer, expected) in values.enumerated() {
      for bits in [1, 4] {
        let score = try #require(scores.score(layer: layer, weightBits: bits))
        #expect(abs(score - expected * Double(bits)) < 1e-12, "\(name)")
      }
    }
  }

  /// With the statistics' values 1, 2, 3 … in the order of their cases, and twice as much in the second layer.
  static let scores: [(name: String, value: Double)] = [
    ("weight_error", -1), ("relative_weight_error", -2), ("output_error", -3), ("relative_output_error", -4),
    ("hessian_product", -3), ("taylor", -8), ("fisher_product", -3.5), ("fit", -8), ("loss_increase", -9),
    ("divergence", -10), ("root_divergence", -Double(10).squareRoot()), ("hawq_v2_perturbation", -3),
  ]

  @Test(arguments: scores.indices)
  func perturbationOnesHaveTheirFormulasValue(_ index: Int) throws {
    let (name, value) = Self.scores[index]
    let scores = try #require(HandcraftedProxy.named(name)).layerScores(inputs())
    #expect(abs(try #require(scores.score(layer: 0, weightBits: 2)) - value) < 1e-12, "\(name)")
    #expect(scores.score(layer: 0, weightBits: 8) != nil)
    #expect(scores.score(layer: 1, weightBits: 8) == nil)
    #expect(scores.score(layer: 0, weightBits: 3) == nil)
    let missing = BitConfiguration(weightBits: [2, 3], activationBits: 8)
    let error = #expect(throws: ProxyError.self) { try scores.scores([missing]) }
    #expect(error?.description.contains("layer 2 has no score at 3 bits") == true)
  }

  @Test func entropyIsThatOfARoundedNormalNumber() throws {
    let scores = try #require(HandcraftedProxy.named("qe_score")).layerScores(inputs())
    // Summed over all levels within ±8 bits by hand: √(1 + 1/12) but for what rounding to few levels cuts off.
    let fine = try #require(scores.score(layer: 0, weightBits: 8, activationBits: 8))
    #expect(abs(fine - log(Double(13) / 12)) < 1e-6)
    let coarse = try #require(scores.score(layer: 0, weightBits: 2, activationBits: 8))
    #expect(coarse < fine)
  }

  @Test func allAreTestedAndNamesAreUnique() {
    // Those of responses are in ResponseProxyTests and ResNet20ResponseTests.
    let ofResponses = HandcraftedProxy.all.filter { $0.kind == .response }.map(\.name)
    let tested =
      Self.coefficients.map(\.name) + Self.scores.map(\.name) + ["qe_score", "ompq", "emq"] + ofResponses
    #expect(ofResponses.count == 6)
    #expect(HandcraftedProxy.all.map(\.name).sorted() == tested.sorted())
    #expect(HandcraftedProxy.named("no_such_proxy") == nil)
  }

  @Test func thoseThatAreFormulasScoreAsTheirFormulasDo() throws {
    let inputs = try inputs()
    var compared = 0
    for proxy in HandcraftedProxy.all {
      // On two layers some formulas are constant, which have no score.
      guard let formula = proxy.asFormula, let found = try? formula.layerScores(inputs) else { continue }
      let expected = try proxy.layerScores(inputs)
      // But for a positive factor, such as the half of a second derivative, which ranks nothing otherwise.
      let pairs = try (0..<2).map { layer in
        (
          x: try #require(expected.score(layer: layer, weightBits: 2)),
          y: try #require(found.score(layer: layer, weightBits: 2))
        )
      }
      #expect(pairs[0].x * pairs[0].y > 0, "\(proxy.name)")
      #expect(abs(pairs[0].x * pairs[1].y - pairs[1].x * pairs[0].y) < 1e-9, "\(proxy.name)")
      compared += 1
    }
    #expect(compared >= 15)
  }

  @Test func emqIsItsFormula() throws {
    let inputs = try inputs()
    let formula = try Proxy(parsing: "mul(l1_norm(abslog(synflow)), log_softmax(relu(weight)))")
    let expected = try ProxyEvaluator(inputs).layerScores(formula).get()
    let scores = try #require(HandcraftedProxy.named("emq")).layerScores(inputs)
    #expect((0..<2).map { scores.score(layer: $0, weightBits: 1) } == expected)
  }

  @Test(arguments: [
    ("snip", Statistic.gradient), ("synflow", .synflow), ("hawq_v2", .hessianTrace), ("weight_norm", .weight),
  ])
  func missingStatisticsAreNamed(_ name: String, _ missing: Statistic) throws {
    let proxy = try #require(HandcraftedProxy.named(name))
    let error = #expect(throws: ProxyError.self) { try proxy.scores(inputs(without: missing)) }
    #expect(error?.description.contains(missing.rawValue) == true)
    #expect(error?.kind == .data)
  }

  @Test func otherRoundingsAreTold() throws {
    let proxy = try #require(HandcraftedProxy.named("divergence"))
    let other = ProxyInputs(try inputs().statistics, rounding: "other")
    let error = #expect(throws: ProxyError.self) { try proxy.scores(other) }
    #expect(error?.description.contains("no perturbation statistics of this rounding") == true)
  }
}
