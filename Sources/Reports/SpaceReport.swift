import Evolution
import Foundation
import Proxies

/// What random formulas of spaces are worth, a survey with evenly drawn operations and one with prioritized ones for each.
public struct SpaceReport: Report {
  private enum CodingKeys: String, CodingKey { case rows, operations }

  private struct Share: Encodable {
    let share, lower, upper: Double

    init(_ share: SpaceSurvey.Share) {
      self.share = share.value
      lower = share.interval.lowerBound
      upper = share.interval.upperBound
    }
  }

  private struct Row: Encodable {
    let structure: String
    let osp: Bool
    let size: Double
    let samples: Int
    let valid, distinct, good: Share
    let reasons: [String: Int]
  }

  /// Surveys of one space.
  public typealias Surveys = (uniform: SpaceSurvey, prioritized: SpaceSurvey)

  private let rows: [Row]
  private let operations: [Table.Object]?
  private let surveys: [Surveys]
  private let listsOperations: Bool

  /// Makes a report.
  public init(_ surveys: [Surveys], listsOperations: Bool) {
    self.surveys = surveys
    self.listsOperations = listsOperations
    rows = surveys.flatMap { [(false, $0.uniform), (true, $0.prioritized)] }.map { osp, survey in
      Row(
        structure: survey.space.shape.structure.rawValue, osp: osp, size: survey.space.size,
        samples: survey.samples, valid: Share(survey.valid), distinct: Share(survey.distinct),
        good: Share(survey.good),
        reasons: Dictionary(uniqueKeysWithValues: survey.reasons.map { ($0.rawValue, $1) }))
    }
    operations = listsOperations ? Self.operationTable(surveys).objects : nil
  }

  /// A row for each survey.
  public func text(width: Int?) -> String {
    var table = Table(columns: [
      ("structure", "structure"), ("OSP", "osp"), ("size", "size"), ("valid %", "valid"),
      ("95 %", "interval"), ("distinct %", "distinct"), ("good %", "good"), ("95 %", "good_interval"),
    ])
    func interval(_ share: Share) -> Table.Cell {
      .text(String(format: "%.1f – %.1f", 100 * share.lower, 100 * share.upper))
    }
    for row in rows {
      table.append([
        .text(row.structure), .text(row.osp ? "on" : "off"), .text(String(format: "%.1e", row.size)),
        .number(100 * row.valid.share, decimals: 1), interval(row.valid),
        .number(100 * row.distinct.share, decimals: 1), .number(100 * row.good.share, decimals: 1),
        interval(row.good),
      ])
    }
    guard listsOperations else { return table.rendered(width: width) }
    return table.rendered(width: width) + "\n\n" + Self.operationTable(surveys).rendered(width: width)
  }

  /// Validity of evenly drawn operations, and the probabilities that come of it.
  private static func operationTable(_ surveys: [Surveys]) -> Table {
    var table = Table(columns: [
      ("structure", "structure"), ("kind", "kind"), ("operation", "operation"), ("samples", "samples"),
      ("valid %", "validity"), ("probability", "probability"),
    ])
    for (uniform, prioritized) in surveys {
      let probabilities = prioritized.space.probabilities
      func append(_ kind: String, _ name: String, _ share: SpaceSurvey.Share?, _ probability: Double?) {
        table.append([
          .text(uniform.space.shape.structure.rawValue), .text(kind), .text(name),
          .integer(share?.total ?? 0), Table.Cell(share.map { 100 * $0.value }, decimals: 1),
          .number(probability ?? 0, decimals: 4),
        ])
      }
      for operation in uniform.space.primitives.unary {
        append("unary", operation.name, uniform.unary[operation], probabilities.unary[operation])
      }
      for operation in uniform.space.primitives.binary where !uniform.binary.isEmpty {
        append("binary", operation.name, uniform.binary[operation], probabilities.binary[operation])
      }
    }
    return table
  }
}
