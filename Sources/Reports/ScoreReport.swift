import Evolution
import Proxies

/// Fitnesses of many formulas on a benchmark.
public struct ScoreReport: Report {
  private enum CodingKeys: String, CodingKey { case rows, seconds, formulasPerSecond }

  /// A row for each formula.
  public let table: Table
  private let rows: [Table.Object]
  private let seconds, formulasPerSecond: Double

  /// Makes a report.
  public init(_ proxies: [EvolvedProxy], values: [Double?], measure: FitnessMeasure, seconds: Double) {
    var table = Table(columns: [
      ("formula", "formula"), ("complexity", "complexity"), (measure.description, "fitness"),
    ])
    for (proxy, value) in zip(proxies, values) {
      table.append([.text(proxy.description), .integer(proxy.complexity), Table.Cell(value, decimals: 3)])
    }
    self.table = table
    rows = table.objects
    self.seconds = seconds
    formulasPerSecond = Double(proxies.count) / max(seconds, 1e-9)
  }

  /// The table and the speed.
  public func text(width: Int?) -> String {
    "\(table.rendered(width: width))\n\n\(rows.count) formulas, \(Int(formulasPerSecond)) a second"
  }
}
