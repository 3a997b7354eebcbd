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
    discussion: """
      Example: emq space b.sqlite
               emq space b.sqlite --structure dag --nodes 2 --operations

      Random formulas of each structure are computed on the benchmark's network: how many have a usable score, how many of
      those rank its search configurations unlike all others, and how many do that well (a mean of ρ@20, ρ@50 and ρ@100 of
      0.5 and more). Intervals hold the true share with 95 % confidence. Sizes that are given are those of --structure.

      JSON: rows with structure, osp, size, samples, valid, distinct, good (each with share, lower, upper), reasons; with
      --operations also operations (kind, operation, samples, validity, probability).
      """)

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
    let context = common.context
    let surveys = try context.stage("space") { progress in
      try Structure.ofLayers.map { structure -> SpaceReport.Surveys in
        // Sizes that were given are those of one structure.
        let isNamed = structure.rawValue == space.structure
        var space = try space.space(problem, structure: isNamed ? nil : structure)
        func survey(_ seed: UInt64, _ samples: Int) throws -> SpaceSurvey {
          try context.checkCancellation()
          return try SpaceSurvey(
            space, problem: problem, samples: samples, seed: seed, threads: context.threads,
            progress: progress)
        }
        let uniform = try survey(common.seed, samples)
        // Validity is measured with other samples than the probabilities are taken from.
        space.probabilities = try survey(common.seed &+ 1, SpaceSurvey.priorSamples).prioritized
        return (uniform, try survey(common.seed &+ 2, samples))
      }
    }
    try common.print(SpaceReport(surveys, listsOperations: operations))
  }
}
