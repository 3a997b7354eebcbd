import BitModel
import Foundations
import Network
import Torch

/// Rounds each layer once for each number of bits, on what enters it in the float network.
struct ComposableRounding {
  let quantization: PostTrainingQuantization
  let threads: Int

  private var network: Network { quantization.network }
  private var options: QuantizationOptions { quantization.options }

  /// Rounds what configurations need and is not yet known, and keeps it.
  ///
  /// - Returns: false where the user asked to stop.
  func prepare(
    _ configurations: [BitConfiguration], progress: ProgressHandler?, isCancelled: CancellationCheck
  ) throws -> Bool {
    var missing: [Int: [Int]] = [:]
    for layer in network.layers.indices {
      for bits in Set(configurations.map { $0[layer].weightBits }).sorted()
      where try !quantization.isKnown(layer: layer, bits: bits) {
        missing[layer, default: []].append(bits)
      }
    }
    guard !missing.isEmpty else { return true }
    let collected =
      options.rounding.seesInputs && !quantization.moments.isFilled ? quantization.calibration.count : 0
    let total = missing.values.reduce(collected) { $0 + $1.count }
    let done = ProgressCounter(total: total, handler: progress)
    switch options.rounding.method {
    case .blocks: return try roundBlocks(missing, done: done, isCancelled: isCancelled)
    case .layers: return try roundLayers(missing, done: done, isCancelled: isCancelled)
    }
  }

  private func roundLayers(
    _ missing: [Int: [Int]], done: ProgressCounter, isCancelled: CancellationCheck
  ) throws -> Bool {
    let moments =
      options.rounding.seesInputs
      ? try quantization.moments.values(network, quantization.calibration, threads: threads) { _ in
        done.advance()
      } : network.layers.map { _ in nil }
    // The longest first, so that no thread is left with one at the end.
    let layers = missing.keys.sorted {
      (network.layers[$1].weightShape.reduce(1, *), $0) < (network.layers[$0].weightShape.reduce(1, *), $1)
    }
    let isDone = try parallelTensorMap(count: layers.count, threads: threads) { index in
      if isCancelled() { return false }
      let layer = layers[index]
      let rounded = try quantization.rounded(
        layer: layer, bits: missing[layer] ?? [], moments: moments[layer])
      for weight in rounded {
        try quantization.keep(weight, layer: layer)
        done.advance()
      }
      return true
    }
    return isDone.allSatisfy(\.self)
  }

  private func roundBlocks(
    _ missing: [Int: [Int]], done: ProgressCounter, isCancelled: CancellationCheck
  ) throws -> Bool {
    for block in network.blocks() {
      let needed = Set(block.layers.flatMap { missing[$0] ?? [] }).sorted()
      guard !needed.isEmpty else { continue }
      if isCancelled() { return false }
      let reconstruction = try BlockReconstruction(
        network: network, block: block, calibration: quantization.calibration, seed: options.seed,
        threads: threads)
      for bits in needed {
        if isCancelled() { return false }
        let weights = try quantization.reconstructed(
          reconstruction, bits: block.layers.map { _ in bits }, threads: threads)
        for (layer, weight) in zip(block.layers, weights) where missing[layer]?.contains(bits) ?? false {
          try quantization.keep(weight, layer: layer)
          done.advance()
        }
      }
    }
    return true
  }
}

extension PostTrainingQuantization {
  private func layerToRound(_ layer: Int, moments: LayerMoments?) -> LayerToRound {
    LayerToRound(
      layer: network.layers[layer], weight: network.weights[layer], moments: moments, options: options)
  }

  /// A layer rounded by itself at several numbers of bits.
  ///
  /// - Parameter moments: of what enters the layer; nil where the rounding does not see it or there are none.
  func rounded(layer: Int, bits: [Int], moments: LayerMoments?) throws -> [QuantizedWeight] {
    let item = layerToRound(layer, moments: moments)
    let rounding = !options.rounding.seesInputs || moments != nil ? options.rounding : .nearest
    let weights: [QuantizedWeight]
    switch rounding.method {
    case .layers(_, let round): weights = try round(item, bits)
    case .blocks:
      throw TorchError(
        operation: "quantize", reason: "\(rounding.name) rounds blocks of layers, not a layer by itself")
    }
    guard weights.count == bits.count, zip(weights, bits).allSatisfy({ $0.bits == $1 }) else {
      throw TorchError(
        operation: "quantize",
        reason: "\(rounding.name) gave \(weights.map(\.bits)) bits to layer \(item.layer.name), not \(bits)")
    }
    return weights
  }

  /// A layer rounded by itself on given inputs.
  func rounded(layer: Int, bits: Int, inputs: [Tensor], threads: Int) throws -> QuantizedWeight {
    let moments =
      options.rounding.seesInputs
      ? try LayerMoments.of(inputs, layer: network.layers[layer], threads: threads) : nil
    return try onSingleThread { try rounded(layer: layer, bits: [bits], moments: moments)[0] }
  }

  /// A block's layers rounded together on given inputs.
  func reconstructed(_ block: Block, bits: [Int], inputs: [Tensor], threads: Int) throws -> [QuantizedWeight]
  {
    try reconstructed(
      BlockReconstruction(
        network: network, block: block, calibration: calibration, inputs: inputs, seed: options.seed,
        threads: threads), bits: bits, threads: threads)
  }

  /// A block's layers rounded together.
  func reconstructed(
    _ reconstruction: BlockReconstruction, bits: [Int], threads: Int
  ) throws -> [QuantizedWeight] {
    let moments: [LayerMoments?] =
      switch options.weightRange {
      case .output: try moments.values(network, calibration, threads: threads)
      case .weight: network.layers.map { _ in nil }
      }
    return try onSingleThread {
      let layers = reconstruction.block.layers
      let grids = try zip(layers, bits).map { layer, bits in
        let item = layerToRound(layer, moments: moments[layer])
        return try item.grid(bits: bits, by: item.secondOrder())
      }
      let levels: [Tensor]
      switch options.rounding.method {
      case .blocks(let round):
        levels = try round(
          BlockToRound(reconstruction: reconstruction, grids: grids, options: options, threads: threads))
      case .layers:
        throw TorchError(
          operation: "quantize", reason: "\(options.rounding.name) rounds layers by themselves, not blocks")
      }
      guard levels.count == grids.count else {
        throw TorchError(
          operation: "quantize",
          reason: "\(options.rounding.name) gave levels of \(levels.count) layers, not of \(grids.count)")
      }
      return zip(grids, levels).map { QuantizedWeight(grid: $0, levels: $1) }
    }
  }
}
