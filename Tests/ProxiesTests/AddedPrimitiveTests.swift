import BitModel
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

/// A unary and a binary primitive that this library does not have.
enum AddedPrimitives {
  static let cosine = UnaryPrimitive(
    "cos", PrimitiveDefinition("cos x"), .elementwise { try $0.applying("cos") }, number: { cos($0) },
    facts: UnaryFacts(symmetry: .elements), latex: { LaTeX("\\cos \($0.bound(.atom))", .prefix) },
    sympy: { "cos(\($0))" })

  static let hypotenuse = BinaryPrimitive(
    "hypot", PrimitiveDefinition("√(x² + y²)"),
    .elementwise { try $0.squared().adding($1.squared()).applying("sqrt") }, number: { hypot($0, $1) },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative))

  static func registry() throws -> PrimitiveRegistry {
    try PrimitiveRegistry.standard.adding(unary: [cosine], binary: [hypotenuse])
  }
}

/// Primitives that a caller adds do all that those of the library do.
@Suite struct AddedPrimitiveTests {
  private let primitives: PrimitiveRegistry

  init() throws { primitives = try AddedPrimitives.registry() }

  private func parse(_ text: String) throws -> Proxy { try Proxy(parsing: text, primitives: primitives) }

  @Test func theyAreParsed() throws {
    let text = "hypot(cos(weight), gradient)"
    #expect(try parse(text).description == text)
    #expect(throws: ProxyError.self) { try Proxy(parsing: text) }
    let error = #expect(throws: ProxyError.self) { try parse("hypott(weight, gradient)") }
    #expect(error?.description.contains("did you mean hypot") == true)
  }

  @Test func theyAreEvaluatedOnTensorsAndNumbers() throws {
    let weights: [[Double]] = [[0.5, -1, 2, 3], [1, 0, -2, 0.25]]
    let gradients: [[Double]] = [[1, 1, -1, 2], [0, 3, 0.5, 4]]
    let costs = weights.indices.map { LayerCost(name: "layer\($0)", parameters: 4, macs: 1) }
    let statistics = NetworkStatistics(
      costs: CostModel(layers: costs),
      tensors: [
        .weight: try weights.map { try Tensor($0, shape: [2, 2]) },
        .gradient: try gradients.map { try Tensor($0, shape: [2, 2]) },
        .topEigenvalue: try [3.0, -4].map { try Tensor.scalar($0, elementType: .float64) },
      ])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    let tensors = try evaluator.layerScores(parse("hypot(cos(weight), gradient)")).get()
    let numbers = try evaluator.layerScores(parse("hypot(cos(top_eigenvalue), top_eigenvalue)")).get()
    for layer in 0..<2 {
      let pairs = zip(weights[layer], gradients[layer])
      let expected = pairs.reduce(0) { $0 + hypot(cos($1.0), $1.1) } / 4
      #expect(abs(tensors[layer] - expected) < 1e-12)
      let x = [3.0, -4][layer]
      #expect(abs(numbers[layer] - hypot(cos(x), x)) < 1e-12)
    }
  }

  /// Results of another size or type are no scores, and nothing is read beyond them.
  @Test func resultsOfAnotherShapeAreNoScores() throws {
    let half = PrimitiveDefinition("half of them")
    let short = UnaryPrimitive(
      "short", half, .elementwise { try $0.sliced(dimension: 0, from: 0, to: 1) }, number: { $0 })
    let few = UnaryPrimitive("few", half, .numbers { _ in [1] }, number: { $0 })
    let truths = UnaryPrimitive("truths", half, .elementwise { try $0.applying("isnan") }, number: { $0 })
    let statistics = NetworkStatistics(
      costs: CostModel(layers: ["a", "b"].map { LayerCost(name: $0, parameters: 2, macs: 1) }),
      tensors: [.weight: [try Tensor([1.0, 2], shape: [2]), try Tensor([3.0, 5], shape: [2])]])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    for operation in [short, few, truths] {
      let result = evaluator.layerScores(Proxy(.unary(operation, .statistic(.weight))))
      #expect(result == .failure(.shape), "\(operation)")
    }
  }

  @Test(arguments: [
    ("cos(negate(weight))", "cos(weight)"), ("cos(abs(weight))", "cos(weight)"),
    ("hypot(weight, gradient)", "hypot(gradient, weight)"),
    ("abs(hypot(weight, gradient))", "hypot(weight, gradient)"),
  ])
  func theirFactsShapeTheCanonicalForm(_ left: String, _ right: String) throws {
    #expect(try parse(left).canonical == parse(right).canonical)
    #expect(try parse("cos(weight)").canonical != parse("weight").canonical)
  }

  @Test func theyArePrinted() throws {
    let proxy = try parse("hypot(cos(weight), gradient)")
    #expect(proxy.latex == "\\operatorname{hypot}\\left(\\cos W, G\\right)")
    #expect(proxy.sympy == "Function('hypot')(cos(Symbol('weight')), Symbol('gradient'))")
  }

  @Test func theyAreDrawnMutatedAndRead() throws {
    let space = SearchSpace(probabilities: OperationProbabilities(uniformOver: primitives))
    #expect(space.size > SearchSpace().size)
    var (isDrawn, isMutated) = (false, false)
    for index in 0..<300 {
      var stream = RandomStream(seed: 5, purpose: "added primitives", index: UInt64(index))
      let genome = space.random(using: &stream)
      let mutated = space.mutated(genome, using: &stream)
      func added(_ genome: Genome) -> Int {
        genome.operations.filter { $0 == AddedPrimitives.cosine }.count
          + genome.joins.filter { $0 == AddedPrimitives.hypotenuse }.count
      }
      isDrawn = isDrawn || added(genome) > 0
      isMutated = isMutated || added(mutated) > added(genome)
      let data = try JSONEncoder().encode(mutated)
      #expect(try JSONDecoder(primitives: primitives).decode(Genome.self, from: data) == mutated)
      #expect(try EvolvedProxy.formula(parse(mutated.proxy.description)) == mutated.proxy)
    }
    #expect(isDrawn && isMutated)
  }

  @Test func spacesAreReadWithTheirPrimitivesAlone() throws {
    let space = SearchSpace(probabilities: OperationProbabilities(uniformOver: primitives))
    let data = try JSONEncoder().encode(space)
    #expect(try JSONDecoder(primitives: primitives).decode(SearchSpace.self, from: data) == space)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(SearchSpace.self, from: data) }
  }
}
