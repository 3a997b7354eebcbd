import Foundations
import Network
import Torch

/// What entered each layer of the float network on the calibration images.
struct ActivationCalibrator: Sendable {
  let histograms: [ActivationHistogram]

  /// Runs the calibration images once, and for calibrations other than min-max a second time.
  init(
    _ network: Network, _ batches: [Tensor], calibration: Calibration, threads: Int,
    progress: ProgressHandler?
  ) throws {
    guard !batches.isEmpty else { throw NetworkError.input("calibration needs at least one image") }
    let extremes = try Self.collect(network, batches, threads: threads, progress: progress) { _, tensor in
      [try tensor.applying("min").item(), try tensor.applying("max").item()]
    }
    let ranges = network.layers.indices.map { layer in
      ActivationRange(
        lowest: extremes.map { $0[layer][0] }.min() ?? 0, highest: extremes.map { $0[layer][1] }.max() ?? 0)
    }
    for (layer, range) in zip(network.layers, ranges)
    where !(range.lowest.isFinite && range.highest.isFinite) {
      throw NetworkError.input(
        "\(network.name): node \(layer.name) gets inputs that are not finite numbers on the calibration images"
      )
    }
    guard calibration != .minmax else {
      histograms = ranges.map { ActivationHistogram(range: $0, counts: []) }
      return
    }
    let counts = try Self.collect(network, batches, threads: threads, progress: progress) { layer, tensor in
      let range = ranges[layer]
      guard range.highest > range.lowest else { return [] }
      return try Tensor.single(
        "aten::histc",
        [
          .tensor(tensor), .int(ActivationHistogram.binCount), .double(range.lowest), .double(range.highest),
        ]
      ).doubles()
    }
    histograms = ranges.enumerated().map { layer, range in
      let first = counts.first?[layer] ?? []
      let sums = counts.dropFirst().reduce(into: first) { sums, batch in
        for bin in sums.indices { sums[bin] += batch[layer][bin] }
      }
      return ActivationHistogram(range: range, counts: sums)
    }
  }

  private static func collect(
    _ network: Network, _ batches: [Tensor], threads: Int, progress: ProgressHandler?,
    _ measure: @escaping @Sendable (_ layer: Int, _ tensor: Tensor) throws -> [Double]
  ) throws -> [[[Double]]] {
    let counter = ProgressCounter(total: batches.count, handler: progress)
    return try parallelTensorMap(count: batches.count, threads: threads) { index in
      defer { counter.advance() }
      let seen = Collector(count: network.layers.count)
      var taps = Taps()
      taps.input = { layer, tensor in
        seen.values[layer] = try measure(layer, tensor)
        return tensor
      }
      _ = try network.logits(batches[index], taps: taps)
      return seen.values
    }
  }

  /// Collects from a tap.
  private final class Collector {
    var values: [[Double]]
    init(count: Int) { values = Array(repeating: [], count: count) }
  }
}
