import Evolution
import Foundation
import Foundations
import RankStatistics
import Reports
import Studies

/// A study's runs, as tables.
struct AblationReport {
  let study: AblationStudy
  let runs: [StudyRun]
  let references: [Ablation.Reference]
  /// A split as each seed has it; all are of the same configurations.
  let split: ConfigurationSplit

  /// Variants in order, with their runs.
  private var variants: [(name: String, runs: [StudyRun])] {
    var result: [(name: String, runs: [StudyRun])] = []
    for run in runs {
      if result.last?.name == run.variant {
        result[result.count - 1].runs.append(run)
      } else {
        result.append((run.variant, [run]))
      }
    }
    return result
  }

  private static let invalid: Set<CompatibilityScreening.Stage> = [
    .formula, .notFinite, .constantOverLayers, .notComputable, .constantOverConfigurations,
  ]

  private func values(_ runs: [StudyRun]) -> [(key: String, title: String, interval: SeedInterval?)] {
    // How a search went is told of independent seeds, what it came to of splits that share their configurations.
    func interval(_ value: (StudyRun) -> Double) -> SeedInterval? { SeedInterval(runs.map(value)) }
    let first = variants[0].runs
    let differences = runs.compactMap { run in
      first.first { $0.seed == run.seed }.map { run.test[0] - $0.test[0] }
    }
    return [
      ("rho_100", "ρ@100% test", tested(runs.map { $0.test[0] })),
      ("difference", "to the first", tested(differences)),
      ("rho_50", "ρ@50%", tested(runs.map { $0.test[1] })),
      ("rho_20", "ρ@20%", tested(runs.map { $0.test[2] })),
      ("fitness", "fitness", interval(\.fitness)), ("diversity", "diversity", interval(\.diversity)),
      ("evaluations", "evaluations", interval { Double($0.evaluations) }),
      ("survey_evaluations", "of survey", interval { Double($0.surveyEvaluations) }),
      ("survey_seconds", "survey s", interval(\.surveySeconds)),
      (
        "valid", "valid %",
        interval { run in
          let invalid = run.rejections.filter { Self.invalid.contains($0.key) }.values.reduce(0, +)
          let known = run.rejections[.knownForm] ?? 0
          return 100 * (1 - Double(invalid) / Double(max(1, run.candidates - known)))
        }
      ),
      (
        "turned_away", "turned away %",
        interval { 100 * Double($0.rejections.values.reduce(0, +)) / Double(max(1, $0.candidates)) }
      ),
      ("candidates_per_second", "candidates/s", interval { Double($0.candidates) / max($0.seconds, 1e-9) }),
    ]
  }

  /// The interval of what was measured on the test configurations of the splits.
  private func tested(_ values: [Double]) -> SeedInterval? {
    SeedInterval(resplits: values, testCount: split.test.count, trainingCount: split.trainingCount)
  }

  func print(_ format: OutputFormat) throws {
    switch format {
    case .json:
      let rows = variants.map { name, runs in
        var object: [String: JSONValue] = ["variant": .text(name), "seeds": .integer(runs.count)]
        for (key, _, interval) in values(runs) { object[key] = json(interval) }
        return JSONValue.object(object)
      }
      let others = references.map { reference in
        var object: [String: JSONValue] = ["variant": .text(reference.name)]
        for (position, key) in ["rho_100", "rho_50", "rho_20"].enumerated() {
          object[key] = json(tested(reference.test.map { $0[position] }))
        }
        return JSONValue.object(object)
      }
      Console.output(
        try JSONValue.object([
          "study": .text(study.rawValue), "rows": .list(rows), "references": .list(others),
        ]).rendered())
    case .table:
      let counts: Set<String> = ["evaluations", "survey_evaluations", "candidates_per_second"]
      let percent: Set<String> = ["valid", "turned_away", "survey_seconds"]
      var table = Table(
        columns: [("variant", "variant")] + values(variants[0].runs).map { ($0.title, $0.key) })
      func cell(_ interval: SeedInterval?, _ key: String) -> Table.Cell {
        guard let interval, interval.mean.isFinite else { return .missing }
        let format = counts.contains(key) ? "%.0f" : percent.contains(key) ? "%.1f" : "%.3f"
        let mean = String(format: format, interval.mean)
        // Counts and rates are said without intervals, which would widen the table.
        guard !counts.contains(key), let width = interval.halfWidth else { return .text(mean) }
        return .text(mean + " ± " + String(format: format, width))
      }
      for (name, runs) in variants {
        table.append([.text(name)] + values(runs).map { cell($0.interval, $0.key) })
      }
      for reference in references {
        let cells = values(variants[0].runs).map { value -> Table.Cell in
          guard let position = ["rho_100", "rho_50", "rho_20"].firstIndex(of: value.key) else {
            return .missing
          }
          return cell(tested(reference.test.map { $0[position] }), value.key)
        }
        table.append([.text(reference.name)] + cells)
      }
      Console.output(table.rendered())
    }
  }

  private func json(_ interval: SeedInterval?) -> JSONValue {
    guard let interval else { return .null }
    return .object([
      "mean": .number(interval.mean), "half_width": interval.halfWidth.map { .number($0) } ?? .null,
    ])
  }

  /// Writes a line for each run, and for each point of its curve.
  func write(to folder: String) throws {
    let stages = CompatibilityScreening.Stage.allCases
    var table = Table(
      columns: [
        "variant", "seed", "rho_100", "rho_50", "rho_20", "fitness", "validation", "diversity", "candidates",
        "evaluations", "survey_evaluations", "survey_seconds", "seconds", "proxy",
      ].map { ($0, $0) } + stages.map { ($0.rawValue, $0.rawValue) })
    var curves = Table(columns: ["variant", "seed", "evaluations", "best"].map { ($0, $0) })
    for run in runs {
      table.append(
        [.text(run.variant), .text(String(run.seed))] + run.test.map { .number($0, decimals: 4) }
          + [run.fitness, run.validation, run.diversity].map { .number($0, decimals: 4) }
          + [
            .integer(run.candidates), .integer(run.evaluations), .integer(run.surveyEvaluations),
            .number(run.surveySeconds, decimals: 2), .number(run.seconds, decimals: 2), .text(run.proxy),
          ] + stages.map { .integer(run.rejections[$0] ?? 0) })
      for point in run.curve {
        curves.append([
          .text(run.variant), .text(String(run.seed)), .integer(point.evaluations),
          .number(point.best, decimals: 4),
        ])
      }
    }
    try AtomicFile.write(Data(table.csv().utf8), to: "\(folder)/runs.csv")
    try AtomicFile.write(Data(curves.csv().utf8), to: "\(folder)/curves.csv")
  }
}
