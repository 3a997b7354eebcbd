import Proxies
import Statistics
import Support
import Testing

/// The text form of proxies.
@Suite struct ProxyTextTests {
  private func randomExpression(depth: Int, using stream: inout RandomStream) -> Expression {
    let unary = UnaryPrimitive.allCases
    let binary = BinaryPrimitive.allCases
    let inputs = Statistic.allCases
    switch depth > 0 ? stream.integer(below: 3) : 0 {
    case 1:
      let operation = unary[stream.integer(below: unary.count)]
      return .unary(operation, randomExpression(depth: depth - 1, using: &stream))
    case 2:
      let operation = binary[stream.integer(below: binary.count)]
      let left = randomExpression(depth: depth - 1, using: &stream)
      return .binary(operation, left, randomExpression(depth: depth - 1, using: &stream))
    default: return .statistic(inputs[stream.integer(below: inputs.count)])
    }
  }

  @Test func everyFormulaParsesBack() throws {
    for index in 0..<500 {
      var stream = RandomStream(seed: 1, purpose: "formulas", index: UInt64(index))
      let proxy = Proxy(randomExpression(depth: 6, using: &stream))
      let parsed = try Proxy(parsing: proxy.description)
      #expect(parsed == proxy)
      #expect(parsed.description == proxy.description)
    }
  }

  @Test func everyDrawnStructureParsesBack() throws {
    for index in 0..<500 {
      var stream = RandomStream(seed: 2, purpose: "structures", index: UInt64(index))
      let proxy = BranchedStructure(inputs: Statistic.allCases, using: &stream).proxy
      #expect(try Proxy(parsing: proxy.description) == proxy)
    }
  }

  @Test func namesOfStatisticsAndOperationsDiffer() {
    let names =
      Statistic.allCases.map(\.rawValue) + UnaryPrimitive.allCases.map(\.rawValue)
      + BinaryPrimitive.allCases.map(\.rawValue)
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
    let structure = BranchedStructure(
      left: .init(input: .weight, operations: [.noOperation, .absolute]),
      right: .init(input: .gradient, operations: [.noOperation, .noOperation]), operation: .product)
    #expect(structure.proxy.description == "mul(abs(weight), gradient)")
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
