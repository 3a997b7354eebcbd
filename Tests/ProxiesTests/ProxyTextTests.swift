import Foundations
import Proxies
import Testing

/// The text form of proxies.
@Suite struct ProxyTextTests {
  private func randomExpression(depth: Int, using stream: inout RandomStream) -> Expression {
    let unary = PrimitiveRegistry.standard.unary
    let binary = PrimitiveRegistry.standard.binary
    let inputs = FormulaInput.all
    switch depth > 0 ? stream.integer(below: 3) : 0 {
    case 1:
      let operation = unary[stream.integer(below: unary.count)]
      return .unary(operation, randomExpression(depth: depth - 1, using: &stream))
    case 2:
      let operation = binary[stream.integer(below: binary.count)]
      let left = randomExpression(depth: depth - 1, using: &stream)
      return .binary(operation, left, randomExpression(depth: depth - 1, using: &stream))
    default: return .input(inputs[stream.integer(below: inputs.count)])
    }
  }

  @Test func everyFormulaParsesBack() throws {
    for index in 0..<500 {
      var stream = RandomStream(seed: 1, purpose: "formulas", index: UInt64(index))
      let aggregation = Aggregation.allCases[stream.integer(below: Aggregation.allCases.count)]
      let proxy = Proxy(randomExpression(depth: 6, using: &stream), aggregation: aggregation)
      let parsed = try Proxy(parsing: proxy.description)
      #expect(parsed == proxy)
      #expect(parsed.description == proxy.description)
    }
  }

  @Test(arguments: Structure.ofLayers)
  func everyDrawnStructureParsesBack(_ structure: Structure) throws {
    let space = SearchSpace(
      shape: StructureShape(structure), inputs: FormulaInput.all, aggregations: Aggregation.allCases)
    for index in 0..<500 {
      var stream = RandomStream(seed: 2, purpose: "structures", index: UInt64(index))
      let proxy = space.random(using: &stream).proxy
      #expect(try EvolvedProxy(parsing: proxy.description) == proxy)
    }
  }

  @Test func namesOfStatisticsAndOperationsDiffer() {
    let names =
      FormulaInput.all.map(\.name) + PrimitiveRegistry.standard.unary.map(\.name)
      + PrimitiveRegistry.standard.binary.map(\.name) + Aggregation.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
  }

  @Test func spacesDoNotMatter() throws {
    let text = "mul(sqrt(relu(weight)), log(abs(synflow)))"
    let proxy = try Proxy(parsing: "  mul ( sqrt(relu( weight)),log(abs(synflow) ) )\n")
    #expect(proxy.description == text)
    #expect(proxy.complexity == 7)
    #expect(proxy.expression.statistics == [.weight, .synflow])
  }

  @Test func operationsThatDoNothingAreLeftOut() {
    let genome = Genome(
      shape: StructureShape(.branched), inputs: [.statistic(.weight), .statistic(.gradient)],
      operations: [.noOperation, .absolute, .noOperation, .noOperation], joins: [.product])
    #expect(genome.proxy.description == "mul(abs(weight), gradient)")
  }

  @Test(arguments: [
    ("divergence", Aggregation.sum, "layer_sum(divergence)"), ("weight", .bitWeighted, "weight"),
    ("layer_max(sqrt(divergence))", .maximum, "layer_max(sqrt(divergence))"),
    ("bit_weighted(weight)", .bitWeighted, "weight"),
    ("bit_weighted(divergence)", .bitWeighted, "bit_weighted(divergence)"),
    ("layer_sum(mul(bits, weight))", .sum, "layer_sum(mul(bits, weight))"),
  ])
  func aggregationsStandAroundTheFormula(_ text: String, _ aggregation: Aggregation, _ written: String) throws
  {
    let proxy = try Proxy(parsing: text)
    #expect(proxy.aggregation == aggregation)
    #expect(proxy.description == written)
    #expect(try Proxy(parsing: written) == proxy)
  }

  @Test(arguments: [
    ("", 1, "a statistic or an operation"),
    ("abs", 4, "'('"),
    ("abs(weight", 11, "')'"),
    ("abs(weigth)", 5, "a statistic or an operation, not 'weigth' (did you mean weight"),
    ("mul(weight)", 11, "','"),
    ("abs(weight, gradient)", 11, "')'"),
    ("weight weight", 8, "the end"),
    ("abs(weight))", 12, "the end"),
    ("add(,weight)", 5, "a statistic or an operation"),
  ])
  func errorsNamePositionAndExpectation(_ text: String, _ position: Int, _ expected: String) {
    let error = #expect(throws: ProxyError.self) { try Proxy(parsing: text) }
    #expect(
      error?.description.contains("position \(position): expected \(expected)") == true,
      "\(error?.description ?? "")")
    #expect(error?.kind == .usage)
  }
}
