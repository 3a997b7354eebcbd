import Foundation
import Foundations

/// Charts of score against truth, one for each proxy of a ranking.
public struct RankingCharts: Sendable {
  private let folder: String
  private let format: String

  /// Names where charts go, and their ending: `svg` or `png`.
  public init(folder: String, format: String) {
    self.folder = folder
    self.format = format
  }

  /// Draws them; colours are average bits.
  public func draw(_ rankings: [RankingReport.Ranking]) throws {
    try AtomicFile.makeFolder(folder)
    for (ranking, rows) in rankings {
      let benchmark = ranking.benchmark
      let measure = benchmark.truth.measure
      for row in rows where !row.scores.isEmpty {
        let rho = row.estimates[.rho100].map { String(format: "%.3f", $0.mean) } ?? "not defined"
        let points = zip(benchmark.rows, row.scores).map { measured, score in
          ScatterPlot.Point(
            x: score, y: measure.value(measured),
            color: benchmark.description.costs.averageBits(measured.configuration))
        }
        let name = String(row.name.map { $0.isLetter || $0.isNumber ? $0 : "_" }).prefix(80)
        try ScatterPlot(
          title: "\(benchmark.name): \(row.name.prefix(60)), ρ = \(rho)", xLabel: "score",
          yLabel: measure.rawValue, colorLabel: "average bits", points: points
        ).write(to: "\(folder)/\(benchmark.name)-\(name).\(format)")
      }
    }
  }
}
