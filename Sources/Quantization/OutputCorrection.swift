import BitModel
import Foundations
import Network
import ONNX
import Torch

/// Brings each output channel of the rounded layers back to where it should be, from the first layer to the last.
///
/// - ``Correction/bias``: a change of the bias makes what the next layers see of the channel nearest to the float
///   network's over calibration images (``ActivatedShift``). Where no activation function follows, that is the change
///   that makes the means equal, E[Wx] − E[Ŵx̂].
/// - ``Correction/batchNorm``: the channel's mean m and variance v under rounding take the place of the running
///   ones of the batch norm that was folded into the layer, y ← |γ| (y − m) / √v + β; the factor goes into the
///   scales of the weight, so it needs a scale for each channel.
struct OutputCorrection {
  let quantization: PostTrainingQuantization
  let configuration: BitConfiguration
  /// Calibration images that changes are computed on, about; nil for all.
  let images: Int?
  let threads: Int

  /// What a layer's output is changed by, channel by channel: times a factor, plus a shift.
  struct Change {
    var factor: Tensor?
    var shift: Tensor?
  }

  /// The change of each layer.
  func changes(weights: [QuantizedWeight]) throws -> [Change] {
    let network = quantization.network
    let rounding = quantization.activationRounding(configuration)
    var float = try calibration().map { try network.beginning($0) }
    var rounded = float
    var changes = weights.map { _ in Change() }
    let values = try weights.map { try $0.dequantized().channelsLast() }
    let roundingTaps: @Sendable () -> Taps = {
      var taps = rounding.taps()
      taps.weight = { layer, _ in values[layer] }
      return taps
    }
    for (layer, step) in network.layerSteps.enumerated() {
      // Tables and the like have no bias to correct.
      guard let output = network.outputIndex(ofLayer: layer), !network.layers[layer].isWeightOnly else {
        continue
      }
      let target = try advance(&float, to: step + 1, taps: { Taps() }, reading: layer)
      let present = try advance(&rounded, to: step + 1, taps: roundingTaps, reading: layer)
      var change = try withoutGradients {
        try Self.change(
          correction: quantization.options.correction, norm: quantization.batchNorms[layer], target: target,
          present: present)
      }
      let tail = network.activationTail(ofLayer: layer)
      if change.factor == nil, let shift = change.shift, !tail.isEmpty {
        change.shift = try ActivatedShift(
          network: network, layer: layer, tail: tail, float: float, rounded: rounded, threads: threads
        ).best(meanShift: shift)
      }
      changes[layer] = change
      try apply(change, to: &rounded, at: output, of: layer, grid: rounding.values[output])
    }
    return changes
  }

  /// Changes the output of a layer; what was rounded before the change is rounded after it in the file.
  private func apply(
    _ change: Change, to states: inout [ForwardState], at output: Int, of layer: Int,
    grid: ActivationQuantizer?
  ) throws {
    let described = quantization.network.layers[layer]
    let held = HeldStates(&states)
    states = try parallelTensorMap(count: held.count, threads: threads) { index in
      try withoutGradients {
        var state = try held.take(index)
        guard var value = state[value: output] else { return state }
        if let factor = change.factor {
          value = try value.multiplied(by: factor.asChannels(of: described, rank: value.rank))
        }
        if let shift = change.shift {
          value = try value.adding(shift.asChannels(of: described, rank: value.rank))
        }
        if let grid { value = try grid.apply(value) }
        state[value: output] = value
        return state
      }
    }
  }

  /// Images of a batch, at most, where a part of the calibration's are drawn: the few of each batch would take longer by
  /// themselves.
  private static let drawnBatchSize = 32
  /// What a layer's output may take for a drawn batch, about: the search for a shift holds several of its size.
  private static let drawnBatchBytes = 32 << 20

  /// How many images batches of drawn ones have.
  private var drawnCount: Int {
    let bytes = 4 * (quantization.network.layers.map { $0.outputShape.reduce(1, *) }.max() ?? 1)
    return max(4, min(Self.drawnBatchSize, Self.drawnBatchBytes / max(1, bytes)))
  }

  /// Every so manieth image of each batch.
  private func calibration() throws -> [Inputs] {
    let batches = quantization.calibration
    let counts = batches.map(\.count)
    guard let images, let largest = counts.max() else { return batches }
    let step = counts.reduce(0, +) / max(1, images)
    guard step > 1 else { return batches }
    let drawn = try batches.map { try $0.examples(Array(stride(from: 0, to: $0.count, by: step))) }
    let isAlike = drawn.allSatisfy { $0.exampleShapes == drawn[0].exampleShapes }
    return try isAlike ? Inputs.concatenated(drawn).parts(of: min(largest, drawnCount)) : drawn
  }

  /// Mean and variance of each channel.
  struct ChannelMoments: Sendable {
    let mean: Tensor
    let variance: Tensor
  }

  private static func change(
    correction: Correction, norm: FoldedBatchNormalization?, target: ChannelMoments, present: ChannelMoments
  ) throws -> Change {
    if correction.reestimatesBatchNorms, let norm {
      let gamma = try Tensor(norm.scale, shape: [norm.scale.count]).absolute()
      let beta = try Tensor(norm.shift, shape: [norm.shift.count])
      let deviation = try present.variance.clamped(1e-10, .infinity).applying("sqrt")
      let factor = try gamma.divided(by: deviation)
      return Change(factor: factor, shift: try beta.subtracting(present.mean.multiplied(by: factor)))
    }
    guard correction.correctsBias else { return Change() }
    return Change(shift: try target.mean.subtracting(present.mean))
  }

  private func advance(
    _ states: inout [ForwardState], to step: Int, taps: @Sendable () -> Taps, reading layer: Int
  ) throws -> ChannelMoments {
    let network = quantization.network
    let held = HeldStates(&states)
    let results = try parallelTensorMap(count: held.count, threads: threads) { index in
      try withoutGradients {
        var state = try held.take(index)
        try network.advance(&state, to: step, taps: taps())
        let value = try network.output(ofLayer: layer, in: state)
        let described = network.layers[layer]
        let count = Double(value.count / max(1, value.shape[described.channelDimension(rank: value.rank)]))
        let sum = try value.channelSums(of: described).converted(to: .float64)
        let squares = try value.squared().channelSums(of: described).converted(to: .float64)
        return (state: state, sum: sum, squares: squares, count: count)
      }
    }
    states = results.map(\.state)
    return try withoutGradients {
      let count = results.reduce(0) { $0 + $1.count }
      let sum = try results.dropFirst().reduce(results[0].sum) { try $0.adding($1.sum) }
      let squares = try results.dropFirst().reduce(results[0].squares) { try $0.adding($1.squares) }
      let mean = try sum.scaled(by: 1 / count)
      let variance = try squares.scaled(by: 1 / count).subtracting(mean.squared())
      return ChannelMoments(
        mean: try mean.converted(to: .float32), variance: try variance.converted(to: .float32))
    }
  }
}

/// The scale and shift of a batch norm that was folded into a layer.
package struct FoldedBatchNormalization: Sendable {
  package let scale: [Float]
  package let shift: [Float]

  /// The batch norms that are folded into layers of a model, by the name of the layer's node.
  ///
  /// One that is not folded, as the layer's output is used elsewhere too, still follows the layer and is none of these.
  static func find(in model: Model) throws -> [String: FoldedBatchNormalization] {
    var found: [String: FoldedBatchNormalization] = [:]
    for foldable in try model.foldableBatchNormalizations() {
      let inputs = model.graph.nodes[foldable.norm].inputs
      guard let scale = model.graph.initializers[inputs[1]], let shift = model.graph.initializers[inputs[2]]
      else { continue }
      found[model.graph.nodes[foldable.layer].name] = FoldedBatchNormalization(
        scale: try scale.floats(), shift: try shift.floats())
    }
    return found
  }
}
