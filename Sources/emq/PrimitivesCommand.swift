import ArgumentParser
import Proxies
import Reports

struct PrimitivesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "primitives", abstract: "List the operations and inputs that formulas are made of.",
    discussion: """
      Example: emq primitives

      Outside an operation's domain a formula has no usable score. Joined operands of unequal shapes are reduced to their
      means first. JSON: primitives (name, operands, formula, domain, outside, shape) and inputs (names, paper and extended).
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
    let (paper, extended) = (FormulaInput.paper.map(\.name), FormulaInput.extended.map(\.name))
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "primitives": .list(table.jsonRows().map { .object($0) }),
          "inputs": .object([
            "paper": .list(paper.map { .text($0) }), "extended": .list(extended.map { .text($0) }),
          ]),
        ]).rendered())
    case .table:
      Console.output(table.rendered())
      Console.output(
        "\n\(UnaryPrimitive.allCases.count) unary and \(BinaryPrimitive.allCases.count) binary primitives")
      Console.output("inputs of the paper: \(paper.joined(separator: ", "))")
      Console.output("extended inputs: \(extended.joined(separator: ", "))")
      Console.output("aggregations: \(Aggregation.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
