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
    let total = missing.values.reduce(0) { $0 + $1.count }
    let done = ProgressCounter(total: total, handler: progress)
    if options.rounding == .brecq {
      return try reconstruct(missing, done: done, isCancelled: isCancelled)
    }
    let (layers, needed) = (missing.keys.sorted(), missing)
    let moments: [LayerMoments?] =
      options.rounding == .nearest
      ? network.layers.map { _ in nil }
      : try quantization.moments.values(network, quantization.calibration, threads: threads)
    // A few layers at a time, so that what is done is kept early.
    for start in stride(from: 0, to: layers.count, by: 4) {
      if isCancelled() { return false }
      let part = Array(layers[start..<min(start + 4, layers.count)])
      let rounded = try parallelTensorMap(count: part.count, threads: threads) { index in
        try quantization.rounded(
          layer: part[index], bits: needed[part[index]] ?? [], moments: moments[part[index]])
      }
      for (layer, weights) in zip(part, rounded) {
        for weight in weights {
          try quantization.keep(weight, layer: layer)
          done.advance()
        }
      }
    }
    return true
  }

  private func reconstruct(
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
  /// A layer rounded by itself at several numbers of bits; to the nearest level where there are no moments.
  func rounded(layer: Int, bits: [Int], moments: LayerMoments?) throws -> [QuantizedWeight] {
    let weight = network.weights[layer]
    guard let moments, options.rounding != .nearest else {
      return try withoutGradients {
        try bits.map {
          try QuantizedWeight(
            nearest: weight, axis: network.layers[layer].outputAxis, bits: $0, scheme: options.weights)
        }
      }
    }
    let secondOrder = try withoutGradients { try SecondOrderRounding(moments) }
    return try bits.map { bits in
      let grid = try grid(layer: layer, bits: bits, rounding: secondOrder)
      let levels =
        try options.rounding == .adaround
        ? AdaptiveRounding.levels(of: weight, grid: grid, moments: moments, iterations: options.iterations)
        : withoutGradients { try secondOrder.levels(of: weight, grid: grid) }
      return QuantizedWeight(grid: grid, levels: levels)
    }
  }

  /// The grid of a layer's weight.
  func grid(layer: Int, bits: Int, rounding: SecondOrderRounding?) throws -> WeightGrid {
    try withoutGradients {
      let axis = network.layers[layer].outputAxis
      let weight = network.weights[layer]
      let wanted = options.weightRange == .output ? rounding : nil
      return try wanted?.grid(of: weight, axis: axis, bits: bits, scheme: options.weights)
        ?? WeightGrid(weight, axis: axis, bits: bits, scheme: options.weights)
    }
  }

  /// A layer rounded by itself on given inputs.
  func rounded(layer: Int, bits: Int, inputs: [Tensor], threads: Int) throws -> QuantizedWeight {
    let moments =
      options.rounding == .nearest
      ? nil : try LayerMoments.of(inputs, layer: network.layers[layer], threads: threads)
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
    let moments =
      try options.weightRange == .output
      ? moments.values(network, calibration, threads: threads) : network.layers.map { _ in nil }
    return try onSingleThread {
      let layers = reconstruction.block.layers
      let grids = try zip(layers, bits).map { layer, bits in
        let rounding = try withoutGradients { try moments[layer].map { try SecondOrderRounding($0) } }
        return try grid(layer: layer, bits: bits, rounding: rounding)
      }
      let levels = try reconstruction.levels(
        grids: grids, iterations: options.iterations, seed: options.seed, threads: threads)
      return zip(grids, levels).map { QuantizedWeight(grid: $0, levels: $1) }
    }
  }
}
