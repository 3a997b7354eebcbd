import Foundation
import Proxies
import Testing
import Torch

/// What every registered primitive has, and names that a registry refuses.
@Suite struct PrimitiveRegistryTests {
  private static let numbers = [-2.5, -1, 0, 0.5, 1, 3]

  private func single(_ x: Double) throws -> FlatTensor {
    try FlatTensor(layout: TensorLayout(shapes: [[1, 1]]), data: try Tensor([x], shape: [1]))
  }

  private func value(_ operation: UnaryPrimitive, _ x: FlatTensor) throws -> Double {
    switch operation.computation {
    case .elementwise(let compute): try compute(x.data).doubles()[0]
    case .layerwise(let compute), .rows(let compute), .rowPairs(let compute): try compute(x).doubles()[0]
    case .numbers(let compute): try compute(x)[0]
    case .moments(let number): number(try x.moments()[0], 1)
    }
  }

  private func value(_ operation: BinaryPrimitive, _ x: FlatTensor, _ y: FlatTensor) throws -> Double {
    switch operation.computation {
    case .elementwise(let compute): try compute(x.data, y.data).converted(to: .float64).doubles()[0]
    case .rowPairs(let compute): try compute(x, y).doubles()[0]
    case .numbers(let compute): try compute(x, y)[0]
    case .pairs(let number): number(try x.pairs(with: y)[0], 1)
    }
  }

  private func areEqual(_ found: Double, _ expected: Double) -> Bool {
    found == expected || found.isNaN && expected.isNaN || abs(found - expected) < 1e-12 * (1 + abs(expected))
  }

  @Test(arguments: PrimitiveRegistry.standard.unary)
  func numbersAreTensorsOfOneElement(_ operation: UnaryPrimitive) throws {
    for x in Self.numbers {
      let (found, expected) = (operation.ofNumber(x), try value(operation, single(x)))
      #expect(areEqual(found, expected), "\(operation)(\(x)) is \(found), of a tensor \(expected)")
    }
  }

  @Test(arguments: PrimitiveRegistry.standard.binary)
  func pairsOfNumbersAreTensorsOfOneElement(_ operation: BinaryPrimitive) throws {
    for x in Self.numbers {
      for y in Self.numbers {
        let (found, expected) = (operation.ofNumbers(x, y), try value(operation, single(x), single(y)))
        #expect(areEqual(found, expected), "\(operation)(\(x), \(y)) is \(found), of tensors \(expected)")
      }
    }
  }

  @Test(arguments: PrimitiveRegistry.standard.unary)
  func unaryPrimitivesAreDescribed(_ operation: UnaryPrimitive) {
    #expect(!operation.definition.formula.isEmpty && !operation.definition.domain.isEmpty)
    #expect(!operation.definition.outside.isEmpty)
    #expect(operation.latex(LaTeX("W", .atom)).text.contains("W"))
    #expect(operation.sympy("w").contains("w"))
    #expect(operation.facts.effect != .negation || operation.facts.mean == .linear)
  }

  @Test(arguments: PrimitiveRegistry.standard.binary)
  func binaryPrimitivesAreDescribed(_ operation: BinaryPrimitive) {
    #expect(!operation.definition.formula.isEmpty && !operation.definition.domain.isEmpty)
    #expect(!operation.definition.outside.isEmpty)
    let latex = operation.latex(LaTeX("W", .atom), LaTeX("G", .atom)).text
    #expect(latex.contains("W") && latex.contains("G"))
    #expect(operation.sympy("w", "g").contains("w") && operation.sympy("w", "g").contains("g"))
  }

  @Test func theStandardRegistryKeepsItsRules() throws {
    let standard = PrimitiveRegistry.standard
    #expect(try PrimitiveRegistry(unary: standard.unary, binary: standard.binary) == standard)
    for operation in standard.unary { #expect(standard.unary(named: operation.name) == operation) }
    for operation in standard.binary { #expect(standard.binary(named: operation.name) == operation) }
    #expect(standard.unary(named: "add") == nil && standard.binary(named: "abs") == nil)
  }

  @Test(arguments: [
    ("abs", "a unary primitive has this name"), ("mul", "a unary primitive has this name"),
    ("weight", "an input has this name"), ("layer_sum", "an aggregation has this name"),
    ("a b", "letters, digits and underscores"), ("", "letters, digits and underscores"),
  ])
  func namesStandForOneThing(_ name: String, _ reason: String) {
    let primitive = UnaryPrimitive(name, PrimitiveDefinition("x"), .elementwise { $0 }, number: { $0 })
    let error = #expect(throws: ProxyError.self) { try PrimitiveRegistry.standard.adding(unary: [primitive]) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func emptyPlacesNeedTheirPrimitive() {
    let standard = PrimitiveRegistry.standard
    let error = #expect(throws: ProxyError.self) {
      try PrimitiveRegistry(unary: [.absolute], binary: standard.binary)
    }
    #expect(error?.description.contains("no_op") == true)
    #expect(throws: ProxyError.self) { try PrimitiveRegistry(unary: standard.unary, binary: []) }
  }

  @Test func filesHoldNames() throws {
    let names = try JSONEncoder().encode([UnaryPrimitive.absolute, .mean])
    #expect(String(decoding: names, as: UTF8.self) == #"["abs","to_mean"]"#)
    #expect(try JSONDecoder().decode([UnaryPrimitive].self, from: names) == [.absolute, .mean])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([BinaryPrimitive].self, from: Data(#"["abs"]"#.utf8))
    }
  }
}
