import Foundations
import Network
import Torch

/// What entered each layer of the float network on the calibration images, and what was to be rounded between layers.
struct ActivationCalibrator: Sendable {
  /// Of each layer's input.
  let histograms: [ActivationHistogram]
  /// Of further values, by index.
  let values: [Int: ActivationHistogram]

  /// Runs the calibration images once, and for calibrations other than min-max a second time.
  ///
  /// - Parameter values: indices of values to look at beside layers' inputs.
  init(
    _ network: Network, _ batches: [Inputs], calibration: Calibration, values: [Int], threads: Int,
    progress: ProgressHandler?
  ) throws {
    guard !batches.isEmpty else {
      throw NetworkError.input("calibration needs at least one \(network.exampleUnit)")
    }
    let names =
      network.layers.map { "node \($0.name) gets inputs" } + values.map { _ in "a node gives numbers" }
    func collect(
      _ measure: @escaping @Sendable (_ place: Int, _ tensor: Tensor) throws -> [Double]
    ) throws -> [[[Double]]] {
      try Self.collect(
        network, batches, values: values, threads: threads, progress: progress, measure)
    }
    let extremes = try collect { _, tensor in
      [try tensor.applying("min").item(), try tensor.applying("max").item()]
    }
    let ranges = names.indices.map { place in
      ActivationRange(
        lowest: extremes.compactMap { $0[place].first }.min() ?? 0,
        highest: extremes.compactMap { $0[place].last }.max() ?? 0)
    }
    for (name, range) in zip(names, ranges) where !(range.lowest.isFinite && range.highest.isFinite) {
      throw NetworkError.input(
        "\(network.name): \(name) that are not finite on the calibration \(network.exampleUnit.plural)")
    }
    var found = ranges.map { ActivationHistogram(range: $0, counts: []) }
    if calibration != .minmax {
      let counts = try collect { place, tensor in
        let range = ranges[place]
        guard range.highest > range.lowest else { return [] }
        return try Tensor.single(
          "aten::histc",
          [
            .tensor(tensor), .int(ActivationHistogram.binCount), .double(range.lowest),
            .double(range.highest),
          ]
        ).doubles()
      }
      found = ranges.enumerated().map { place, range in
        let first = counts.first?[place] ?? []
        let sums = counts.dropFirst().reduce(into: first) { sums, batch in
          for bin in sums.indices { sums[bin] += batch[place][bin] }
        }
        return ActivationHistogram(range: range, counts: sums)
      }
    }
    let layerCount = network.layers.count
    histograms = Array(found.prefix(layerCount))
    self.values = Dictionary(uniqueKeysWithValues: zip(values, found.dropFirst(layerCount)))
  }

  private static func collect(
    _ network: Network, _ batches: [Inputs], values: [Int], threads: Int, progress: ProgressHandler?,
    _ measure: @escaping @Sendable (_ place: Int, _ tensor: Tensor) throws -> [Double]
  ) throws -> [[[Double]]] {
    let counter = ProgressCounter(total: batches.count, handler: progress)
    let layerCount = network.layers.count
    let places = Dictionary(uniqueKeysWithValues: zip(values, layerCount...))
    return try parallelTensorMap(count: batches.count, threads: threads) { index in
      defer { counter.advance() }
      let seen = Collector(count: layerCount + values.count)
      var taps = Taps()
      taps.input = { layer, tensor in
        if !network.layers[layer].isWeightOnly { seen.values[layer] = try measure(layer, tensor) }
        return tensor
      }
      if !places.isEmpty {
        taps.value = { value, tensor in
          if let place = places[value] { seen.values[place] = try measure(place, tensor) }
          return tensor
        }
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
