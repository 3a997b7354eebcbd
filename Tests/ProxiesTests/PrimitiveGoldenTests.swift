import BitModel
import LayerStatistics
import Proxies
import TestSupport
import Testing
import Torch

/// Layer scores that numpy and SciPy computed in float64 (`Tests/Golden/primitives.py`).
private struct PrimitiveGolden: Decodable {
  /// A tensor in row-major order; all numbers are multiples of 1/64, so single precision holds them too.
  struct Values: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  /// What a formula comes to.
  enum Outcome {
    case scores([Double])
    case failure(InvalidScore)
  }

  /// A tensor for each layer, by the statistic's name.
  let tensors: [String: [Values]]
  /// By formula; nil where a layer's score is not finite.
  let scores: [String: [Double]?]
  /// Formulas that come to the same in all layers but for rounding.
  let constants: Set<String>

  static let shared = Result { try TestFiles.goldenJSON("primitives.json", as: PrimitiveGolden.self) }

  func outcome(_ formula: String) throws -> Outcome {
    let entry = try #require(scores[formula], "the golden file has no \(formula)")
    guard let scores = entry else { return .failure(.notFinite) }
    return constants.contains(formula) ? .failure(.constant) : .scores(scores)
  }

  func evaluator(_ elementType: ElementType) throws -> ProxyEvaluator {
    var converted: [Statistic: [Tensor]] = [:]
    for (name, layers) in tensors {
      converted[try #require(Statistic(rawValue: name))] = try layers.map {
        try Tensor($0.values, shape: $0.shape).converted(to: elementType)
      }
    }
    let costs = try #require(tensors["weight"]).enumerated().map { index, weight in
      LayerCost(name: "layer\(index)", parameters: weight.values.count, macs: 1)
    }
    let statistics = NetworkStatistics(costs: CostModel(layers: costs), tensors: converted)
    return try ProxyEvaluator(ProxyInputs(statistics))
  }
}

/// Every primitive on tensors of three layers, whose rows and shapes differ between layers.
@Suite("Primitives against numpy in float64")
struct PrimitiveGoldenTests {
  private let golden: PrimitiveGolden

  init() throws { golden = try PrimitiveGolden.shared.get() }

  /// Norms show what is left of tensors whose mean is the same for all layers.
  private static func formulas(_ operation: UnaryPrimitive) -> [String] {
    let name = operation.name
    return [
      "\(name)(weight)", "\(name)(abs(weight))", "frobenius_norm(\(name)(weight))",
      "\(name)(top_eigenvalue)", "\(name)(abs(top_eigenvalue))",
    ]
  }

  /// Gradients have zeros and weights have none, so quotients are finite one way round only.
  private static func formulas(_ operation: BinaryPrimitive) -> [String] {
    let name = operation.name
    return [
      "\(name)(weight, gradient)", "\(name)(gradient, weight)", "frobenius_norm(\(name)(weight, gradient))",
      "\(name)(weight, activation)", "\(name)(gradient, top_eigenvalue)",
      "\(name)(abs(weight), square(gradient))",
    ]
  }

  private static let otherFormulas = [
    // Shapes that are the same in the last layer alone.
    "mul(row_means(weight), activation)", "hamming_distance(row_norms(weight), activation)",
    // Shapes that no statistic has.
    "mul(row_means(weight), row_means(gradient))",
    "matmul(row_products(weight), pairwise_distance(gradient))",
    "kl_divergence(row_norms(weight), row_norms(gradient))",
    // Zeros, where p ln p is 0.
    "to_entropy(gradient)",
  ]

  /// How far a score may be from its golden value.
  private func tolerance(_ elementType: ElementType, _ value: Double, among scores: [Double]) -> Double {
    // Terms that cancel leave an error of single precision that need not be small beside their sum.
    elementType == .float64 ? 1e-12 + 1e-9 * abs(value) : 1e-5 * (scores.map { abs($0) }.max() ?? 0)
  }

  private func expectGolden(_ formulas: [String], _ elementType: ElementType) throws {
    let evaluator = try golden.evaluator(elementType)
    for formula in formulas {
      let result = evaluator.layerScores(try Proxy(parsing: formula))
      switch try golden.outcome(formula) {
      case .failure(let reason): #expect(result == .failure(reason), "\(formula)")
      case .scores(let expected):
        guard case .success(let found) = result, found.count == expected.count else {
          Issue.record("\(formula): \(result), not \(expected)")
          continue
        }
        for (layer, (score, value)) in zip(found, expected).enumerated() {
          #expect(
            abs(score - value) <= tolerance(elementType, value, among: expected),
            "\(formula), layer \(layer): \(score), not \(value)")
        }
      }
    }
  }

  @Test(arguments: PrimitiveRegistry.standard.unary, [ElementType.float64, .float32])
  func unaryOperation(_ operation: UnaryPrimitive, _ elementType: ElementType) throws {
    try expectGolden(Self.formulas(operation), elementType)
  }

  @Test(arguments: PrimitiveRegistry.standard.binary, [ElementType.float64, .float32])
  func binaryOperation(_ operation: BinaryPrimitive, _ elementType: ElementType) throws {
    try expectGolden(Self.formulas(operation), elementType)
  }

  @Test(arguments: [ElementType.float64, .float32])
  func rowsAndUnequalShapes(_ elementType: ElementType) throws {
    try expectGolden(Self.otherFormulas, elementType)
  }

  @Test func everyPrimitiveIsInTheFile() {
    let formulas =
      PrimitiveRegistry.standard.unary.flatMap { Self.formulas($0) }
      + PrimitiveRegistry.standard.binary.flatMap { Self.formulas($0) } + Self.otherFormulas
    #expect(Set(formulas) == Set(golden.scores.keys))
  }

  @Test func everyPrimitiveHasScoresThatTellLayersApart() throws {
    func hasScores(_ formulas: [String]) throws -> Bool {
      try formulas.contains { if case .scores = try golden.outcome($0) { true } else { false } }
    }
    for operation in PrimitiveRegistry.standard.unary {
      #expect(try hasScores(Self.formulas(operation)), "\(operation.name)")
    }
    for operation in PrimitiveRegistry.standard.binary {
      #expect(try hasScores(Self.formulas(operation)), "\(operation.name)")
    }
  }
}
