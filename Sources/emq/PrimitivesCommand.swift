import ArgumentParser
import Proxies
import Reports

struct PrimitivesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "primitives", abstract: "List the operations and inputs that formulas are made of.",
    discussion: """
      Example: emq primitives

      Outside an operation's domain a formula has no usable score. Joined operands of unequal shapes are reduced to their
      means first. JSON: primitives (name, operands, formula, domain, outside, shape) and inputs (names of the sets paper, forward and extended).
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    var table = Table(columns: [
      ("primitive", "name"), ("operands", "operands"), ("formula", "formula"), ("domain", "domain"),
      ("outside it", "outside"), ("result", "shape"),
    ])
    func append(_ name: String, _ operands: Int, _ definition: PrimitiveDefinition, _ shape: ShapeRule) {
      table.append([
        .text(name), .integer(operands), .text(definition.formula), .text(definition.domain),
        .text(definition.outside), .text(shape.rawValue),
      ])
    }
    for operation in UnaryPrimitive.allCases {
      append(operation.rawValue, 1, operation.definition, operation.shape)
    }
    for operation in BinaryPrimitive.allCases {
      append(operation.rawValue, 2, operation.definition, operation.shape)
    }
    let sets = [
      ("paper", FormulaInput.paper), ("forward", FormulaInput.forward), ("extended", FormulaInput.extended),
    ].map { (name: $0, inputs: $1.map(\.name)) }
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "primitives": .list(table.jsonRows().map { .object($0) }),
          "inputs": .object(
            Dictionary(uniqueKeysWithValues: sets.map { ($0.name, .list($0.inputs.map { .text($0) })) })),
        ]).rendered())
    case .table:
      Console.output(table.rendered())
      Console.output(
        "\n\(UnaryPrimitive.allCases.count) unary and \(BinaryPrimitive.allCases.count) binary primitives")
      for set in sets { Console.output("\(set.name) inputs: \(set.inputs.joined(separator: ", "))") }
      Console.output("aggregations: \(Aggregation.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
