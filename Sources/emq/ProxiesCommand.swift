import ArgumentParser
import Proxies
import Reports

struct ProxiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxies", abstract: "List the handcrafted proxies, or write a formula in other notations.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq proxies
        emq proxies "mul(sqrt(relu(weight)), log(abs(synflow)))"

      JSON of the list:
        proxies: name, kind, formula, source, statistics

      JSON of a formula:
        text, latex, sympy, complexity, statistics
      """
    ).rendered())

  @Argument(help: "A formula.")
  var formula: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    if let formula {
      try common.print(NotationReport(EvolvedProxy(parsing: formula)))
    } else {
      try common.print(ProxiesReport())
    }
  }
}
