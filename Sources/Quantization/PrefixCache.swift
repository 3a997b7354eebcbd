import BitModel
import Foundations
import Network
import Torch

/// Evaluates configurations one after the other, and keeps how far their first layers are the same.
///
/// In sorted order, neighbours share the bits of their first layers, so what leaves those is kept between calls. The
/// results are the same bytes as without it.
public final class PrefixCache {
  private struct Entry {
    /// Bits of the layers before.
    let bits: Slice<BitConfiguration>
    /// One a batch, before the layer.
    let states: [ForwardState]
  }

  private let batches: [Inputs]
  private let byteLimit: Int
  private let depth: Int
  private var entries: [Entry] = []
  /// Bytes that are alive before each layer, for one image; known after the first call.
  private var bytesPerImage: [Int] = []

  /// Makes an empty cache for some batches.
  ///
  /// - Parameters:
  ///   - batches: the inputs, batch by batch.
  ///   - depth: the greatest number of layers that are shared.
  ///   - byteLimit: how much memory kept values may take.
  public init(batches: [Inputs], depth: Int, byteLimit: Int = 256 << 20) {
    self.batches = batches
    self.depth = depth
    self.byteLimit = byteLimit
  }

  /// Logits of the batches.
  public func logits(of quantized: QuantizedNetwork, threads: Int) throws -> [Tensor] {
    let bits = quantized.configuration
    entries.removeAll { !$0.bits.elementsEqual(bits[..<$0.bits.endIndex]) }
    let known = entries.last
    let first = known.map { $0.bits.count + 1 } ?? 1
    let steps = quantized.network.layerSteps
    try learnSizes(of: quantized)
    let images = batches.reduce(0) { $0 + $1.count }
    var bytes = entries.reduce(0) { $0 + bytesPerImage[$1.bits.count] * images }
    var stops: [Int] = []
    for stop in first..<max(first, bytesPerImage.count) {
      bytes += bytesPerImage[stop] * images
      guard bytes <= byteLimit else { break }
      stops.append(stop)
    }
    let (batches, kept) = (batches, stops)
    let results = try parallelTensorMap(count: batches.count, threads: threads) { index in
      try withoutGradients {
        var state = try known?.states[index] ?? quantized.network.beginning(batches[index])
        var passed: [ForwardState] = []
        let taps = quantized.taps
        for stop in kept {
          try quantized.network.advance(&state, to: steps[stop], taps: taps)
          passed.append(state)
        }
        try quantized.network.advance(&state, taps: taps)
        return (output: try quantized.network.output(of: state), passed: passed)
      }
    }
    for (offset, stop) in stops.enumerated() {
      entries.append(
        Entry(bits: bits[..<stop], states: results.map { $0.passed[offset] }))
    }
    return results.map(\.output)
  }

  private func learnSizes(of quantized: QuantizedNetwork) throws {
    guard bytesPerImage.isEmpty, let batch = batches.first else { return }
    try withoutGradients {
      var state = try quantized.network.beginning(batch.examples(0..<1))
      for step in quantized.network.layerSteps.prefix(depth + 1) {
        try quantized.network.advance(&state, to: step, taps: quantized.taps)
        bytesPerImage.append(state.byteCount)
      }
    }
  }
}
