import Proxies

/// The operations and inputs that formulas are made of.
public struct PrimitivesReport: Report {
  private enum CodingKeys: String, CodingKey { case primitives, inputs }

  private let primitives: [Table.Object]
  private let inputs: [String: [String]]
  private let table: Table

  /// Lists all there are.
  public init() {
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
    for operation in PrimitiveRegistry.standard.unary {
      append(operation.name, 1, operation.definition, operation.shape)
    }
    for operation in PrimitiveRegistry.standard.binary {
      append(operation.name, 2, operation.definition, operation.shape)
    }
    self.table = table
    primitives = table.objects
    inputs = Dictionary(uniqueKeysWithValues: Self.sets.map { ($0.name, $0.inputs.map(\.name)) })
  }

  private static let sets: [(name: String, inputs: [FormulaInput])] = [
    ("paper", FormulaInput.paper), ("forward", FormulaInput.forward), ("extended", FormulaInput.extended),
  ]

  /// The table, and the sets of inputs.
  public func text(width: Int?) -> String {
    let lines = Self.sets.map { "\($0.name) inputs: \($0.inputs.map(\.name).joined(separator: ", "))" }
    let registry = PrimitiveRegistry.standard
    return """
      \(table.rendered(width: width))

      \(registry.unary.count) unary and \(registry.binary.count) binary primitives
      \(lines.joined(separator: "\n"))
      aggregations: \(Aggregation.allCases.map(\.rawValue).joined(separator: ", "))
      """
  }
}

/// The handcrafted proxies.
public struct ProxiesReport: Report {
  private enum CodingKeys: String, CodingKey { case proxies }

  private let proxies: [Table.Object]
  private let table: Table

  /// Lists all there are.
  public init() {
    var table = Table(columns: [
      ("proxy", "name"), ("kind", "kind"), ("layer's coefficient or score", "formula"), ("source", "source"),
      ("statistics", "statistics"),
    ])
    for proxy in ProxyCatalog.standard.handcrafted {
      let needed = proxy.statistics.map(\.rawValue) + proxy.perturbations.map(\.rawValue)
      table.append([
        .text(proxy.name), .text(proxy.kind.rawValue), .text(proxy.formula), .text(proxy.source),
        .text(needed.joined(separator: " ")),
      ])
    }
    self.table = table
    proxies = table.objects
  }

  /// The table.
  public func text(width: Int?) -> String { table.rendered(width: width) }
}

/// A formula in several notations.
public struct NotationReport: Report {
  private enum CodingKeys: String, CodingKey {
    case formula = "text"
    case latex, sympy, complexity, statistics
  }

  private let formula, latex, sympy: String
  private let complexity: Int
  private let statistics: [String]

  /// Writes a formula.
  public init(_ proxy: EvolvedProxy) {
    formula = proxy.description
    complexity = proxy.complexity
    switch proxy {
    case .formula(let proxy):
      latex = proxy.latex
      sympy = proxy.sympy
      statistics = proxy.expression.inputs.map(\.name).sorted()
    case .responses(let proxy):
      latex = proxy.latex
      sympy = proxy.sympy
      statistics = proxy.responses.map(\.name).sorted()
    }
  }

  /// A row for each notation.
  public func text(width: Int?) -> String {
    var table = Table(columns: [("notation", "notation"), ("formula", "formula")])
    for (name, value) in [
      ("text", formula), ("LaTeX", latex), ("SymPy", sympy), ("complexity", String(complexity)),
      ("statistics", statistics.joined(separator: " ")),
    ] {
      table.append([.text(name), .text(value)])
    }
    return table.rendered(width: width)
  }
}
