import BitModel
import Compression
import Foundation
import Quantization
import Reports
import Torch

/// The numbers of each layer's weight and input, and the levels that they are rounded to.
struct GridFigures {
  private let page: CompressionPage
  private let bins = 64

  init(_ page: CompressionPage) { self.page = page }

  func figures() throws -> [HTML] {
    let quantization = page.compression.quantization
    let quantized = page.result.quantized
    let items = try page.layers.indices.map { index -> HTML in
      let bits = quantized.configuration[index]
      var parts = [HTML("h3", [:], page.layers[index].name)]
      if !bits.isFloat {
        let weight = try weights(quantization.network.weights[index], quantized.weights[index], index)
        parts += [
          HTML("p", ["class": "quiet"], "weight, \(bits.weightBits) bits, in steps of its channel"),
          weight.svg,
        ]
        if let inputs = inputs(
          quantization.inputHistogram(ofLayer: index), quantized.quantizers[index], index)
        {
          parts += [HTML("p", ["class": "quiet"], "input, \(bits.activationBits) bits"), inputs.svg]
        }
      }
      return HTML("div", [:], parts)
    }
    return [
      HTML(
        "p", [:],
        "How often numbers occur, heights as roots; the ticks below are the levels of the grid where there are few enough. What lies beyond the outermost level becomes that level."
      ),
      HTML(
        "details", [:],
        [
          HTML("summary", [:], "Weights and inputs of \(items.count) layers"),
          HTML("div", ["class": "two"], items),
        ]),
    ]
  }

  private func weights(_ weight: Tensor, _ rounded: QuantizedWeight, _ index: Int) throws -> SmallHistogram {
    let grid = rounded.grid
    var shape = [Int](repeating: 1, count: weight.rank)
    shape[grid.axis] = grid.scales.count
    let steps = try weight.divided(by: grid.scales.reshaped(shape)).adding(grid.zeros.reshaped(shape))
    let least = min(grid.lowest, try steps.applying("min").item()) - 0.5
    let greatest = max(grid.highest, try steps.applying("max").item()) + 0.5
    let counts = try Tensor.single(
      "aten::histc", [.tensor(steps), .int(bins), .double(least), .double(greatest)]
    ).doubles()
    return SmallHistogram(
      title: "Weight of \(page.layers[index].name)", range: least...greatest, counts: counts,
      levels: stride(from: grid.lowest, through: grid.highest, by: 1).map { $0 })
  }

  private func inputs(
    _ histogram: ActivationHistogram, _ grid: ActivationQuantizer, _ index: Int
  ) -> SmallHistogram? {
    let range = histogram.range
    guard !histogram.counts.isEmpty, range.highest > range.lowest else { return nil }
    return SmallHistogram(
      title: "Input of \(page.layers[index].name)", range: range.lowest...range.highest,
      counts: histogram.counts, levels: (0...grid.highest).map { grid.scale * Double($0 - grid.zero) }
    ).joined(bins)
  }
}
