import BitModel
import Foundation
import LayerStatistics
import Proxies
import RankStatistics
import Testing
import Torch

/// Values of primitives on small tensors, seen through layer scores.
@Suite struct PrimitiveTests {
  private static func layers(_ weights: [[Double]], _ gradients: [[Double]], shape: [Int]) throws
    -> NetworkStatistics
  {
    let costs = weights.indices.map { LayerCost(name: "layer\($0)", parameters: shape.reduce(1, *), macs: 1) }
    return NetworkStatistics(
      costs: CostModel(layers: costs),
      tensors: [
        .weight: try weights.map { try Tensor($0, shape: shape) },
        .gradient: try gradients.map { try Tensor($0, shape: shape) },
      ])
  }

  /// Two layers, so that a score which differs between layers can be told from one that doesn't.
  private static let first: [Double] = [1, -2, 3, 4]
  private static let second: [Double] = [0.5, 0.25, -1, 7]

  static let unary: [(UnaryPrimitive, @Sendable ([Double]) -> [Double])] = [
    (.noOperation, { $0 }),
    (.absolute, { $0.map { abs($0) } }),
    (.absoluteLogarithm, { $0.map { log(abs($0)) } }),
    (.exponential, { $0.map { exp($0) } }),
    (.square, { $0.map { $0 * $0 } }),
    (.relu, { $0.map { max($0, 0) } }),
    (.leakyRelu, { $0.map { $0 > 0 ? $0 : 0.01 * $0 } }),
    (.swish, { $0.map { $0 / (1 + exp(-$0)) } }),
    (.tanh, { $0.map { Foundation.tanh($0) } }),
    (.sigmoid, { $0.map { 1 / (1 + exp(-$0)) } }),
    (.invert, { $0.map { 1 / $0 } }),
    (.negate, { $0.map { -$0 } }),
    (.minMax, { x in x.map { ($0 - (x.min() ?? 0)) / ((x.max() ?? 0) - (x.min() ?? 0)) } }),
    (
      .logSoftmax,
      { x in
        // The shape is [2, 2], and the first dimension are rows.
        (0..<4).map { x[$0] - log(exp(x[$0 % 2]) + exp(x[$0 % 2 + 2])) }
      }
    ),
    (.frobeniusNorm, { [sqrt($0.reduce(0) { $0 + $1 * $1 })] }),
    (.l1Norm, { [$0.reduce(0) { $0 + abs($1) }] }),
    (.normalizedSum, { [$0.reduce(0, +) / 4] }),
    (.sum, { [$0.reduce(0, +)] }),
    (.mean, { [$0.reduce(0, +) / 4] }),
    (.standardDeviation, { [sqrt(variance($0))] }),
    (.variance, { [variance($0)] }),
    (.minimum, { [$0.min() ?? 0] }),
    (.maximum, { [$0.max() ?? 0] }),
  ]

  private static func variance(_ x: [Double]) -> Double {
    let mean = x.reduce(0, +) / Double(x.count)
    return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count - 1)
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test(arguments: unary.indices)
  func unaryOperationHasItsFormulasValue(_ index: Int) throws {
    let (operation, formula) = Self.unary[index]
    let statistics = try Self.layers([Self.first, Self.second], [Self.first, Self.second], shape: [2, 2])
    let scores = try ProxyEvaluator(ProxyInputs(statistics)).layerScores(
      Proxy(.unary(operation, .statistic(.weight)))
    )
    .get()
    for (score, input) in zip(scores, [Self.first, Self.second]) {
      #expect(abs(score - mean(formula(input))) < 1e-12, "\(operation.name)")
    }
  }

  @Test func squareRootLogarithmAndSignHaveTheirFormulasValues() throws {
    let inputs: [[Double]] = [[1, 4, 9, 16], [1, 2, 3, 5]]
    let statistics = try Self.layers(inputs, [[-1, 0, 2, 3], [1, 1, 1, -1]], shape: [4])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    let roots = try evaluator.layerScores(Proxy(parsing: "sqrt(weight)")).get()
    let logarithms = try evaluator.layerScores(Proxy(parsing: "log(weight)")).get()
    for (index, input) in inputs.enumerated() {
      #expect(abs(roots[index] - mean(input.map { $0.squareRoot() })) < 1e-12)
      #expect(abs(logarithms[index] - mean(input.map { log($0) })) < 1e-12)
    }
    #expect(try evaluator.layerScores(Proxy(parsing: "to_sum(sign(gradient))")).get() == [1, 2])
  }

  @Test func normalizedTensorsHaveMeanZeroAndDeviationOne() throws {
    let statistics = try Self.layers(
      [Self.first, Self.second], [[1, 2, 3, 4], [4, 3, 2, 2]], shape: [2, 2])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    // The dot product of two normalized tensors is (n − 1) times their correlation.
    let scores = try evaluator.layerScores(
      Proxy(parsing: "to_sum(mul(normalize(weight), normalize(gradient)))")
    ).get()
    for (score, pair) in zip(scores, [(Self.first, [1.0, 2, 3, 4]), (Self.second, [4.0, 3, 2, 2])]) {
      let expected = try #require(RankCorrelation.pearson(pair.0, pair.1))
      #expect(abs(score - 3 * expected) < 1e-12)
    }
  }

  @Test func softmaxIsOverTheFirstDimension() throws {
    let statistics = try Self.layers(
      [[0, 0, log(3), 0], [0, log(7), 0, 0]], [[0], [0]].map { _ in [0, 0, 0, 0] }, shape: [2, 2])
    let scores = try ProxyEvaluator(ProxyInputs(statistics)).layerScores(
      Proxy(parsing: "to_max(softmax(weight))")
    ).get()
    #expect(abs(scores[0] - 0.75) < 1e-12)
    #expect(abs(scores[1] - 0.875) < 1e-12)
  }

  @Test(arguments: [
    // [[1, −2], [3, 4]] with [[2, 1], [0, −1]]; [[0.5, 0.25], [−1, 7]] with the same.
    (BinaryPrimitive.sum, [2.0, 2.1875]), (.difference, [1.0, 1.1875]), (.product, [-1.0, -1.4375]),
    // X Yᵀ of the first: [[0, 2], [10, −4]]; of the second: [[1.25, −0.25], [5, −7]].
    (.matrixProduct, [2.0, -0.25]),
  ])
  func binaryOperationHasItsFormulasValue(_ operation: BinaryPrimitive, _ expected: [Double]) throws {
    let other: [Double] = [2, 1, 0, -1]
    let statistics = try Self.layers([Self.first, Self.second], [other, other], shape: [2, 2])
    let proxy = Proxy(.binary(operation, .statistic(.weight), .statistic(.gradient)))
    let scores = try ProxyEvaluator(ProxyInputs(statistics)).layerScores(proxy).get()
    for (score, value) in zip(scores, expected) { #expect(abs(score - value) < 1e-12, "\(scores)") }
  }

  @Test func tensorsOfOtherShapesAreJoinedByTheirMeans() throws {
    let costs = (0..<2).map { LayerCost(name: "layer\($0)", parameters: 4, macs: 1) }
    let statistics = NetworkStatistics(
      costs: CostModel(layers: costs),
      tensors: [
        .weight: [try Tensor(Self.first, shape: [2, 2]), try Tensor(Self.second, shape: [2, 2])],
        .activation: [try Tensor([2.0, 4, 6], shape: [3]), try Tensor([1.0, 1, 4], shape: [3])],
      ])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    for (text, expected) in [
      ("add(weight, activation)", [5.5, 3.6875]), ("sub(weight, activation)", [-2.5, -0.3125]),
      ("mul(weight, activation)", [6, 3.375]), ("matmul(weight, activation)", [6, 3.375]),
    ] {
      #expect(try evaluator.layerScores(Proxy(parsing: text)).get() == expected, "\(text)")
    }
  }

  @Test func statisticsAreNotChanged() throws {
    let statistics = try Self.layers([Self.first, Self.second], [Self.second, Self.first], shape: [2, 2])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    for first in PrimitiveRegistry.standard.unary {
      for second in PrimitiveRegistry.standard.unary {
        for operation in PrimitiveRegistry.standard.binary {
          let genome = Genome(
            shape: StructureShape(.branched), inputs: [.statistic(.weight), .statistic(.gradient)],
            operations: [first, second, second, first], joins: [operation])
          _ = evaluator.layerScores(try #require(genome.proxy.layerFormula))
        }
      }
    }
    #expect(try statistics.tensors[.weight]?.map { try $0.doubles() } == [Self.first, Self.second])
    #expect(try statistics.tensors[.gradient]?.map { try $0.doubles() } == [Self.second, Self.first])
  }
}
