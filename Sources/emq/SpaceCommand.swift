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
    let opened = try SearchBenchmark.open(
      [benchmark], statistics: statistics, measure: nil, seed: common.seed)[0]
    let problem = try SearchProblem([opened.problem(seed: common.seed)])
    let surveys = try common.context.stage("space") { progress in
      try Structure.allCases.flatMap { structure -> [(osp: Bool, survey: SpaceSurvey)] in
        // Sizes that were given are those of one structure.
        let isNamed = structure.rawValue == space.structure
        var space = try space.space(problem, structure: isNamed ? nil : structure)
        func survey(_ seed: UInt64, _ samples: Int) throws -> SpaceSurvey {
          try common.context.checkCancellation()
          return try SpaceSurvey(
            space, problem: problem, samples: samples, seed: seed, threads: common.threads, progress: progress
          )
        }
        let uniform = try survey(common.seed, samples)
        // Validity is measured with other samples than the probabilities are taken from.
        space.probabilities = try survey(common.seed &+ 1, SpaceSurvey.priorSamples).prioritized
        return [(false, uniform), (true, try survey(common.seed &+ 2, samples))]
      }
    }
    try print(surveys)
  }

  private func print(_ surveys: [(osp: Bool, survey: SpaceSurvey)]) throws {
    func share(_ share: SpaceSurvey.Share) -> JSONValue {
      .object([
        "share": .number(share.value), "lower": .number(share.interval.lowerBound),
        "upper": .number(share.interval.upperBound),
      ])
    }
    switch common.format {
    case .json:
      let rows = surveys.map { osp, survey in
        JSONValue.object([
          "structure": .text(survey.space.shape.structure.rawValue), "osp": .truth(osp),
          "size": .number(survey.space.size), "samples": .integer(survey.samples),
          "valid": share(survey.valid),
          "distinct": share(survey.distinct), "good": share(survey.good),
          "reasons": .object(
            Dictionary(uniqueKeysWithValues: survey.reasons.map { ($0.rawValue, .integer($1)) })),
        ])
      }
      var object: [String: JSONValue] = ["rows": .list(rows)]
      if operations { object["operations"] = .list(operationTable(surveys).jsonRows().map { .object($0) }) }
      Console.output(try JSONValue.object(object).rendered())
    case .table:
      var table = Table(columns: [
        ("structure", "structure"), ("OSP", "osp"), ("size", "size"), ("valid %", "valid"),
        ("95 %", "interval"),
        ("distinct %", "distinct"), ("good %", "good"), ("95 %", "good_interval"),
      ])
      func interval(_ share: SpaceSurvey.Share) -> Table.Cell {
        .text(
          String(
            format: "%.1f – %.1f", 100 * share.interval.lowerBound, 100 * share.interval.upperBound))
      }
      for (osp, survey) in surveys {
        table.append([
          .text(survey.space.shape.structure.rawValue), .text(osp ? "on" : "off"),
          .text(String(format: "%.1e", survey.space.size)), .number(100 * survey.valid.value, decimals: 1),
          interval(survey.valid), .number(100 * survey.distinct.value, decimals: 1),
          .number(100 * survey.good.value, decimals: 1), interval(survey.good),
        ])
      }
      Console.output(table.rendered())
      if operations { Console.output("\n" + operationTable(surveys).rendered()) }
    }
  }

  /// Validity of operations in the first of the surveys, and the probabilities that come of it.
  private func operationTable(_ surveys: [(osp: Bool, survey: SpaceSurvey)]) -> Table {
    var table = Table(columns: [
      ("structure", "structure"), ("kind", "kind"), ("operation", "operation"), ("samples", "samples"),
      ("valid %", "validity"), ("probability", "probability"),
    ])
    for pair in stride(from: 0, to: surveys.count - 1, by: 2) {
      let (uniform, prioritized) = (surveys[pair].survey, surveys[pair + 1].survey.space.probabilities)
      func append(_ kind: String, _ name: String, _ share: SpaceSurvey.Share?, _ probability: Double?) {
        table.append([
          .text(uniform.space.shape.structure.rawValue), .text(kind), .text(name),
          .integer(share?.total ?? 0),
          share.map { .number(100 * $0.value, decimals: 1) } ?? .missing,
          .number(probability ?? 0, decimals: 4),
        ])
      }
      for operation in UnaryPrimitive.allCases {
        append("unary", operation.rawValue, uniform.unary[operation], prioritized.unary[operation])
      }
      for operation in BinaryPrimitive.allCases where !uniform.binary.isEmpty {
        append("binary", operation.rawValue, uniform.binary[operation], prioritized.binary[operation])
      }
    }
    return table
  }
}
