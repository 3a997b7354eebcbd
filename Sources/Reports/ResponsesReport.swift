import Foundation
import Foundations
import LayerStatistics

/// What responses of a network were computed from, and what they cost.
struct ResponsesReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case background, window, runs, images
    case forwardPasses = "forward_passes"
  }

  private let background: String
  private let window, runs, images: Int
  private let forwardPasses: Double

  init(_ table: ResponseTable) {
    background = table.plan.background.description
    window = table.plan.hasInteractions ? table.plan.window : 0
    runs = table.plan.runCount
    images = table.imageCount
    forwardPasses = table.plan.forwardPasses
  }

  /// A line.
  func text(_ unit: ExampleUnit) -> String {
    let interactions = window == 0 ? "no interactions" : "interactions of layers up to \(window) apart"
    return "responses from \(background), \(interactions): \(runs) runs that cost"
      + " \(String(format: "%.1f", forwardPasses)) forward passes over \(unit.counted(images))"
  }
}
