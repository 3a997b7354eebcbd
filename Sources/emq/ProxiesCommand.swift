import ArgumentParser
import Proxies
import Reports

struct ProxiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxies", abstract: "List the handcrafted proxies, or write a formula in other notations.",
    discussion: """
      Example: emq proxies
               emq proxies "mul(sqrt(relu(weight)), log(abs(synflow)))"

      JSON of the list: proxies with name, kind, formula, source and statistics; of a formula: text, latex, sympy,
      complexity and statistics.
      """)

  @Argument(help: "A formula.")
  var formula: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    if let formula { try show(Proxy(parsing: formula)) } else { try list() }
  }

  private func list() throws {
    var table = Table(columns: [
      ("proxy", "name"), ("kind", "kind"), ("layer's coefficient or score", "formula"), ("source", "source"),
      ("statistics", "statistics"),
    ])
    for proxy in HandcraftedProxy.all {
      let needed = proxy.statistics.map(\.rawValue) + proxy.perturbations.map(\.rawValue)
      table.append([
        .text(proxy.name), .text(proxy.kind.rawValue), .text(proxy.formula), .text(proxy.source),
        .text(needed.joined(separator: " ")),
      ])
    }
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object(["proxies": .list(table.jsonRows().map { .object($0) })]).rendered())
    case .table: Console.output(table.rendered())
    }
  }

  private func show(_ proxy: Proxy) throws {
    let statistics = proxy.expression.inputs.map(\.name).sorted()
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "text": .text(proxy.description), "latex": .text(proxy.latex), "sympy": .text(proxy.sympy),
          "complexity": .integer(proxy.complexity), "statistics": .list(statistics.map { .text($0) }),
        ]).rendered())
    case .table:
      var table = Table(columns: [("notation", "notation"), ("formula", "formula")])
      table.append([.text("text"), .text(proxy.description)])
      table.append([.text("LaTeX"), .text(proxy.latex)])
      table.append([.text("SymPy"), .text(proxy.sympy)])
      table.append([.text("complexity"), .text(String(proxy.complexity))])
      table.append([.text("statistics"), .text(statistics.joined(separator: " "))])
      Console.output(table.rendered())
    }
  }
}
