import Allocation
import BitModel
import Compression
import Foundation

/// What divergence is to be had at what size and BitOps, predicted and measured, and where the choice stands.
struct QualityFront {
  private let page: CompressionPage

  init(_ page: CompressionPage) { self.page = page }

  private static let count = 41
  private static let mebibyte = 8 * 1_048_576.0

  func figures() throws -> [HTML] {
    let costs = page.compression.space.costs.model
    var front: [[Int]] = []
    if let reallocation = page.reallocation {
      let (climb, range) = (try reallocation.climb(), reallocation.sizeRange)
      for step in 0..<Self.count {
        let share = Double(step) / Double(Self.count - 1)
        let bound = range.lowerBound + share * (range.upperBound - range.lowerBound)
        if let found = climb.best(within: bound), found != front.last { front.append(found) }
      }
    }
    let measured = page.result.refinement?.measured ?? []
    guard !front.isEmpty || !measured.isEmpty else { return [] }
    let chosen = page.result.allocation.configuration
    func plot(
      _ title: String, _ axis: String, _ mark: Plot.Mark, _ predicted: ([Int]) -> Double,
      _ cost: (BitConfiguration) -> Double
    ) -> Plot {
      var plot = Plot(title: title, x: .init(axis), y: .init("divergence", isLogarithmic: true))
      if let reallocation = page.reallocation {
        plot.add(
          mark, "predicted, best at each size",
          front.map { .init(predicted($0), reallocation.divergence($0)) })
      }
      plot.add(
        .dots, "measured while refining", measured.map { .init(cost($0.configuration), $0.divergence) })
      let own = page.result.correction.divergence
      plot.add(.emphasizedDots, "chosen, under its correction", [.init(cost(chosen), own)], color: 6)
      return plot
    }
    return [
      Figure(
        plot(
          "Size against divergence", "MiB of weights at their bits", .line,
          { (page.reallocation?.size($0) ?? 0) / Self.mebibyte }, costs.sizeInMiB),
        caption:
          "Divergence of predictions from the float network's, lower is better; measured on images that bits were chosen by."
      ).html,
      Figure(
        plot(
          "BitOps against divergence", "G BitOps", .dots, { page.reallocation?.bitOperations($0) ?? 0 },
          costs.bitOperations),
        caption: "The same configurations by what they cost to compute."
      ).html,
    ]
  }
}
