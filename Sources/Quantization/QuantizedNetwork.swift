import BitModel
import Foundations
import Network
import Torch

/// A network whose weights and activations are rounded as they will be in the exported file.
public struct QuantizedNetwork: Sendable {
  /// The bits of each layer.
  public let configuration: BitConfiguration
  /// What is computed with between layers.
  public let arithmetic: Arithmetic
  /// The weight of each layer.
  public let weights: [QuantizedWeight]
  /// The grids of activations.
  package let rounding: ActivationRounding
  /// What is added to each channel of a layer's output, beside its bias; nil where nothing is.
  package let shifts: [Tensor?]
  /// What integer kernels take, for integer arithmetic; nil for layers that none can compute.
  package let integerLayers: [IntegerLayer?]
  /// The float network.
  package let float: Network
  /// The network with the values of the rounded weights.
  package let network: Network
  package let convolutions: [IntegerConvolution?]
  /// What is added to the channels of layers that are computed in single precision.
  private let additions: [Tensor?]

  /// The grid of each layer's input.
  public var quantizers: [ActivationQuantizer] { rounding.layers }

  /// Puts a network together.
  ///
  /// - Parameters:
  ///   - shifts: what is added to each channel of a layer's output, beside its bias; nil where nothing is.
  ///   - float: the float network, batch norms folded, with the biases to use.
  ///   - keepsFloatWeights: whether layers that stay float have the weights of `float`; else those of `weights`.
  ///   - value: gives a layer's weight as float32; that of the rounded weight where it gives nil.
  ///   - convolution: gives, or makes by its last argument, a layer's convolution of integers, which depends on its grids.
  package init(
    configuration: BitConfiguration, arithmetic: Arithmetic, weights: [QuantizedWeight],
    rounding: ActivationRounding, shifts: [Tensor?], float: Network, keepsFloatWeights: Bool = true,
    value: (_ layer: Int) -> Tensor? = { _ in nil },
    convolution: (
      _ layer: Int, _ grids: [ActivationQuantizer], _ make: () throws -> IntegerConvolution?
    ) throws -> IntegerConvolution? = { try $2() }
  ) throws {
    var replacements: [Int: Tensor] = [:]
    var convolutions: [IntegerConvolution?] = []
    var (weights, additions) = (weights, shifts)
    var integerLayers: [IntegerLayer?] = weights.map { _ in nil }
    let outputs = try arithmetic == .integer ? float.roundedOutputs(of: rounding) : [:]
    for (layer, index) in float.weightIndices.enumerated() {
      let described = float.layers[layer]
      let known = float.bias(ofLayer: layer)
      var bias = try shifts[layer].map { shift in try known.map { try $0.adding(shift) } ?? shift } ?? known
      let input = rounding.layers[layer]
      if configuration[layer].isFloat {
        let kept = try keepsFloatWeights ? float.weights[layer] : weights[layer].dequantized()
        replacements[index] = try kept.converted(to: .float16).converted(to: .float32).channelsLast()
        convolutions.append(nil)
        continue
      }
      if arithmetic == .integer, try float.hasIntegerForm(layer: layer),
        let integer = try withoutGradients({
          try IntegerLayer(
            weights[layer], bias: float.takesIntegerBias(layer: layer) ? bias : nil, input: input,
            output: outputs[layer])
        })
      {
        integerLayers[layer] = integer
        weights[layer] = integer.weight
        if let rounded = try integer.dequantizedBias() {
          additions[layer] = try known.map { try rounded.subtracting($0) } ?? rounded
          bias = rounded
        }
      }
      let isChanged = integerLayers[layer]?.changesWeight ?? false
      replacements[index] = try (isChanged ? nil : value(layer)) ?? weights[layer].dequantized()
      convolutions.append(
        try convolution(layer, [input] + (outputs[layer].map { [$0] } ?? [])) {
          try withoutGradients {
            let integer = integerLayers[layer].flatMap { integer in outputs[layer].map { (integer, $0) } }
            return try IntegerConvolution(
              weights[layer], layer: described, quantizer: input, bias: bias, integer: integer)
          }
        })
    }
    self.configuration = configuration
    self.arithmetic = arithmetic
    self.weights = weights
    self.rounding = rounding
    self.shifts = shifts
    self.integerLayers = integerLayers
    self.float = float
    self.additions = additions
    self.network = try float.replacingConstants(replacements)
    self.convolutions = convolutions
  }

  /// What layers do on the way through the network.
  package var taps: Taps {
    var taps = rounding.taps { convolutions[$0] != nil }
    taps.compute = { layer, tensor, _ in try convolutions[layer]?(tensor) }
    taps.output = { layer, tensor in
      guard convolutions[layer] == nil, let addition = additions[layer] else { return tensor }
      return try tensor.adding(addition.asChannels(of: float.layers[layer], rank: tensor.rank))
    }
    return taps
  }

  /// What layers do where their weights alone are rounded, which ``network`` holds.
  package var tapsWithFloatInputs: Taps {
    var taps = Taps()
    taps.output = { layer, tensor in
      guard let shift = shifts[layer] else { return tensor }
      return try tensor.adding(shift.asChannels(of: float.layers[layer], rank: tensor.rank))
    }
    return taps
  }

  /// Outputs of batches, such as logits, in their order.
  public func logits(batches: [Inputs], threads: Int, progress: ProgressHandler? = nil) throws -> [Tensor] {
    try network.logits(batches: batches, threads: threads, progress: progress) { taps }
  }
}

extension Network {
  /// The bias of a layer; nil where it has none.
  func bias(ofLayer layer: Int) -> Tensor? {
    layers[layer].biasName.flatMap { valueIndices[$0] }.flatMap { constants[$0] }
  }

  /// Whether a layer is one that integer kernels compute: a product of the input as it is and a weight, plus a bias.
  func hasIntegerForm(layer: Int) throws -> Bool {
    let node = steps[layerSteps[layer]].node
    switch node.operatorType {
    case "Gemm":
      return try (node.float("alpha") ?? 1) == 1 && (node.float("beta") ?? 1) == 1
        && (node.integer("transA") ?? 0) == 0 && (bias(ofLayer: layer).map { $0.rank == 1 } ?? true)
    case "MatMul": return layers[layer].weightShape.count == 2
    default: return true
    }
  }

  /// Whether integer kernels add a layer's bias to its products.
  func takesIntegerBias(layer: Int) -> Bool {
    layers[layer].operatorType != "MatMul" && !layers[layer].isWeightOnly
  }

  /// The grid that each layer's output is rounded to, by itself or behind its activation function; none for the others.
  func roundedOutputs(of rounding: ActivationRounding) throws -> [Int: ActivationQuantizer] {
    var found: [Int: ActivationQuantizer] = [:]
    for (layer, index) in layerSteps.enumerated() {
      var value = steps[index].outputs.first.flatMap { $0 }
      while let current = value, found[layer] == nil {
        found[layer] = rounding.values[current]
        let users = steps.filter { $0.inputs.contains(current) }
        guard users.count == 1, RoundingRole.registered[users[0].node.operatorType] == .bounds else { break }
        value = users[0].outputs.first.flatMap { $0 }
      }
    }
    return found
  }
}
