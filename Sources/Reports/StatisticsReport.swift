import Foundation
import Foundations
import LayerStatistics

/// What collecting statistics came to.
public struct StatisticsReport: Report {
  private struct Stage: Encodable {
    let name: String
    let seconds: Double
  }

  private enum CodingKeys: String, CodingKey {
    case output, layers, images, statistics, perturbations, responses, piecewiseLinear, seconds, stages
  }

  private let output: String
  private let layers, images: Int
  private let statistics: [String]
  private let perturbations: [String]
  private let responses: [ResponsesReport]
  private let piecewiseLinear: Bool
  private let seconds: Double
  private let unit: ExampleUnit
  private let stages: [Stage]

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - unit: what the network takes.
  ///   - stages: seconds by the name of each stage.
  public init(
    _ found: NetworkStatistics, output: String, isPiecewiseLinear: Bool, unit: ExampleUnit, seconds: Double,
    stages: [String: Double]
  ) {
    self.output = output
    layers = found.layerNames.count
    images = found.origin["images"].flatMap { Int($0) } ?? 0
    statistics = Statistic.allCases.filter { found.tensors[$0] != nil }.map(\.rawValue)
    perturbations = found.perturbations.map(\.rounding)
    responses = found.responses.map(ResponsesReport.init)
    piecewiseLinear = isPiecewiseLinear
    self.seconds = seconds
    self.unit = unit
    self.stages = stages.sorted { $0.key < $1.key }.map { Stage(name: $0.key, seconds: $0.value) }
  }

  /// The stages' seconds, and a line.
  public func text(width: Int?) -> String {
    var table = Table(columns: [("stage", "stage"), ("seconds", "seconds")])
    for stage in StatisticsStage.allCases {
      guard let known = stages.first(where: { $0.name == stage.rawValue }) else { continue }
      table.append([.text(known.name), .number(known.seconds, decimals: 2)])
    }
    let ofResponses = responses.map { $0.text(unit) + "\n" }
    return
      "\(table.rendered(width: width))\n\(ofResponses.joined())\(output): \(statistics.count) statistics of \(layers) layers on"
      + " \(unit.counted(images)), \(perturbations.count) roundings, in \(String(format: "%.1f", seconds)) s"
  }
}
