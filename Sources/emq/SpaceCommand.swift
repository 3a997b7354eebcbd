import ArgumentParser
import Benchmarks
import Evolution
import Foundation
import Proxies
import Reports
import Studies

struct SpaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "space", abstract: "Measure size, validity and sparsity of the structures by sampling.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq space b.sqlite
        emq space b.sqlite --structure dag --nodes 2 --operations

      Random formulas of each structure are computed on the benchmark's network: how many have a usable score, how many of
      those rank its search configurations unlike all others, and how many do that well (a mean of ρ@20, ρ@50 and ρ@100 of 0.5
      and more). Intervals hold the true share with 95 % confidence. Sizes that are given are those of --structure.

      JSON:
        rows: structure, osp, size, samples, reasons; and valid, distinct and good, each with share, lower, upper
        operations: kind, operation, samples, validity, probability; with --operations
      """
    ).rendered())

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "Statistics of its network; those made with the benchmark where not given.")
  var statistics: [String] = []

  @OptionGroup var space: SpaceOptions

  @Option(help: "Random formulas of each structure.")
  var samples = 2000

  @Flag(help: "List the validity and probability of each operation.")
  var operations = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard samples >= 1 else { throw ValidationError("--samples is \(samples); at least 1 is needed") }
  }

  func run() throws {
    let opened = try RankedBenchmark.open(
      [benchmark], statistics: statistics, measure: nil, seed: common.seed)[0]
    let problem = try SearchProblem([opened.problem(seed: common.seed)])
    let study = try SpaceStudy(problem, samples: samples, seed: common.seed, context: common.context) {
      // Sizes that were given are those of one structure.
      try space.space(problem, structure: $0.rawValue == space.structure ? nil : $0)
    }
    try common.print(SpaceReport(study.surveys, listsOperations: operations))
  }
}
