import BitModel
import Foundations
import Network
import Torch

/// Rounds the layers of one configuration from the first to the last, each on what the rounded layers before it make
/// of the calibration images.
///
/// The reference that composable rounding, on the float network's inputs, is compared with: better by what later
/// layers make up for earlier ones, and to be done anew for each configuration.
struct SequentialRounding {
  let quantization: PostTrainingQuantization
  let configuration: BitConfiguration
  let threads: Int
  let progress: ProgressHandler?

  private var network: Network { quantization.network }
  private var options: QuantizationOptions { quantization.options }

  /// The weight of each layer.
  func weights() throws -> [QuantizedWeight] {
    var states = try quantization.calibration.map { try network.beginning($0) }
    var weights: [QuantizedWeight] = []
    let rounding = quantization.activationRounding(configuration)
    let done = ProgressCounter(total: network.layers.count, handler: progress)
    let steps = network.layerSteps
    // Layers that are rounded together: a block's, or each by itself.
    let groups: [(layers: [Int], block: Block?)] =
      switch options.rounding.method {
      case .blocks: network.blocks().map { ($0.layers, $0) }
      case .layers: network.layers.indices.map { ([$0], nil) }
      }
    for group in groups {
      guard let first = group.layers.first, let last = group.layers.last else { continue }
      try advance(&states, to: group.block?.steps.lowerBound ?? steps[first], weights: weights, rounding)
      let inputs = try states.map { state in
        let index = group.block?.input ?? network.valueIndices[network.layers[first].inputName]
        guard let value = index.flatMap({ state[value: $0] }) else {
          throw NetworkError.graph("\(network.name): the input of a layer was not computed")
        }
        return value
      }
      let bits = group.layers.map { configuration[$0].weightBits }
      if bits == [BitChoice.floatWeightBits] {
        weights.append(try quantization.floatWeight(layer: first))
      } else if let block = group.block {
        weights += try quantization.reconstructed(block, bits: bits, inputs: inputs, threads: threads)
      } else {
        let rounded = try withoutGradients { try inputs.map { try rounding.layers[first].apply($0) } }
        weights.append(
          try quantization.rounded(layer: first, bits: bits[0], inputs: rounded, threads: threads))
      }
      try advance(
        &states, to: group.block?.steps.upperBound ?? steps[last] + 1, weights: weights, rounding)
      for _ in group.layers { done.advance() }
    }
    return weights
  }

  private func advance(
    _ states: inout [ForwardState], to step: Int, weights: [QuantizedWeight], _ rounding: ActivationRounding
  ) throws {
    let values = try weights.map { try $0.dequantized().channelsLast() }
    let network = network
    let before = states
    states = try parallelTensorMap(count: states.count, threads: threads) { index in
      try withoutGradients {
        var state = before[index]
        var taps = rounding.taps()
        taps.weight = { layer, tensor in layer < values.count ? values[layer] : tensor }
        try network.advance(&state, to: step, taps: taps)
        return state
      }
    }
  }
}
