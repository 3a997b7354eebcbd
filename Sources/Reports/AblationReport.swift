import Evolution
import Foundation
import Foundations
import RankStatistics
import Studies

/// A study's runs, as tables.
public struct AblationReport: Report {
  private enum CodingKeys: String, CodingKey { case study, rows, references }

  /// A figure of some runs.
  private struct Figure {
    let key, title: String
    /// How the mean is printed, and whether the interval is, too.
    let format: Format
    let interval: SeedInterval?

    enum Format: String {
      case share = "%.3f"
      case percent = "%.1f"
      /// Counts and rates are said without intervals, which would widen the table.
      case count = "%.0f"
    }

    var cell: Table.Cell {
      guard let interval, interval.mean.isFinite else { return .missing }
      let mean = String(format: format.rawValue, interval.mean)
      guard format != .count, let width = interval.halfWidth else { return .text(mean) }
      return .text(mean + " ± " + String(format: format.rawValue, width))
    }
  }

  private struct Interval: Encodable {
    @Nullable var mean: Double?
    @Nullable var halfWidth: Double?

    init(_ interval: SeedInterval) {
      mean = interval.mean
      halfWidth = interval.halfWidth
    }
  }

  private struct Row: Encodable {
    let variant: String
    let seeds: Int?
    let figures: [Figure]

    private enum CodingKeys: String, CodingKey { case variant, seeds }

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(_ text: String) { stringValue = text }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(variant, forKey: .variant)
      try container.encodeIfPresent(seeds, forKey: .seeds)
      var values = encoder.container(keyedBy: Key.self)
      for figure in figures {
        try values.encode(
          Nullable(wrappedValue: figure.interval.map(Interval.init)), forKey: Key(figure.key))
      }
    }
  }

  private let study: String
  private let rows, references: [Row]
  private let runs: [StudyRun]
  private let split: ConfigurationSplit

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - references: what the runs are compared with.
  ///   - split: a split as each seed has it; all are of the same configurations.
  public init(
    _ study: AblationStudy, runs: [StudyRun], references: [Ablation.Reference], split: ConfigurationSplit
  ) {
    self.study = study.rawValue
    self.runs = runs
    self.split = split
    var variants: [(name: String, runs: [StudyRun])] = []
    for run in runs {
      if variants.last?.name == run.variant {
        variants[variants.count - 1].runs.append(run)
      } else {
        variants.append((run.variant, [run]))
      }
    }
    let first = variants.first?.runs ?? []
    rows = variants.map { name, runs in
      Row(variant: name, seeds: runs.count, figures: Self.figures(runs, first: first, split))
    }
    self.references = references.map { reference in
      Row(
        variant: reference.name, seeds: nil,
        figures: zip(["rho_100", "rho_50", "rho_20"], ["ρ@100% test", "ρ@50%", "ρ@20%"]).enumerated().map {
          position, names in
          Figure(
            key: names.0, title: names.1, format: .share,
            interval: Self.tested(reference.test.map { $0[position] }, split))
        })
    }
  }

  private static let invalid: Set<CompatibilityScreening.Stage> = [
    .formula, .notFinite, .constantOverLayers, .notComputable, .constantOverConfigurations,
  ]

  private static func figures(
    _ runs: [StudyRun], first: [StudyRun], _ split: ConfigurationSplit
  ) -> [Figure] {
    // How a search went is reported of independent seeds, what it came to of splits that share their configurations.
    func seeds(_ key: String, _ title: String, _ format: Figure.Format, _ value: (StudyRun) -> Double)
      -> Figure
    {
      Figure(key: key, title: title, format: format, interval: SeedInterval(runs.map(value)))
    }
    func tests(_ key: String, _ title: String, _ values: [Double]) -> Figure {
      Figure(key: key, title: title, format: .share, interval: tested(values, split))
    }
    let differences = runs.compactMap { run in
      first.first { $0.seed == run.seed }.map { run.test[0] - $0.test[0] }
    }
    return [
      tests("rho_100", "ρ@100% test", runs.map { $0.test[0] }),
      tests("difference", "to the first", differences),
      tests("rho_50", "ρ@50%", runs.map { $0.test[1] }), tests("rho_20", "ρ@20%", runs.map { $0.test[2] }),
      seeds("fitness", "fitness", .share, \.fitness), seeds("diversity", "diversity", .share, \.diversity),
      seeds("evaluations", "evaluations", .count) { Double($0.evaluations) },
      seeds("survey_evaluations", "of survey", .count) { Double($0.surveyEvaluations) },
      seeds("survey_seconds", "survey s", .percent, \.surveySeconds),
      seeds("valid", "valid %", .percent) { run in
        let invalid = run.rejections.filter { Self.invalid.contains($0.key) }.values.reduce(0, +)
        let known = run.rejections[.knownForm] ?? 0
        return 100 * (1 - Double(invalid) / Double(max(1, run.candidates - known)))
      },
      seeds("turned_away", "turned away %", .percent) {
        100 * Double($0.rejections.values.reduce(0, +)) / Double(max(1, $0.candidates))
      },
      seeds("candidates_per_second", "candidates/s", .count) {
        Double($0.candidates) / max($0.seconds, 1e-9)
      },
    ]
  }

  /// The interval of what was measured on the test configurations of the splits.
  private static func tested(_ values: [Double], _ split: ConfigurationSplit) -> SeedInterval? {
    SeedInterval(resplits: values, testCount: split.test.count, trainingCount: split.trainingCount)
  }

  /// A row for each variant and reference.
  public func text(width: Int?) -> String {
    let figures = rows.first?.figures ?? []
    var table = Table(columns: [("variant", "variant")] + figures.map { ($0.title, $0.key) })
    for row in rows + references {
      table.append(
        [.text(row.variant)]
          + figures.map { column in row.figures.first { $0.key == column.key }?.cell ?? .missing })
    }
    return table.rendered(width: width)
  }

  /// Writes a line for each run, and for each point of its curve.
  public func write(to folder: String) throws {
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
