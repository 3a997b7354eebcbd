import ArgumentParser
import Reports

struct PrimitivesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "primitives", abstract: "List the operations and inputs that formulas are made of.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq primitives

      Outside an operation's domain a formula has no usable score. Joined operands of unequal shapes are reduced to their
      means first.

      JSON:
        primitives: name, operands, formula, domain, outside, shape
        inputs: names of the sets paper, forward and extended
      """
    ).rendered())

  @OptionGroup var common: CommonOptions

  func run() throws { try common.print(PrimitivesReport()) }
}
