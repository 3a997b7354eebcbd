import BitModel
import Foundations
import Network
import Torch

/// A network whose weights and layer inputs are rounded as they will be in the exported file.
public struct QuantizedNetwork: Sendable {
  /// The bits of each layer.
  public let configuration: BitConfiguration
  /// The weight of each layer.
  public let weights: [QuantizedWeight]
  /// The grid of each layer's input.
  public let quantizers: [ActivationQuantizer]
  /// What is added to each channel of a layer's output, beside its bias; nil where nothing is.
  package let shifts: [Tensor?]
  /// The float network.
  let float: Network
  /// The network with the values of the rounded weights.
  package let network: Network
  package let convolutions: [IntegerConvolution?]

  /// Puts a network together.
  ///
  /// - Parameters:
  ///   - shifts: what is added to each channel of a layer's output, beside its bias; nil where nothing is.
  ///   - float: the float network, batch norms folded, with the biases to use.
  ///   - value: gives a layer's weight as float32; that of the rounded weight where it gives nil.
  ///   - convolution: gives, or makes by its last argument, a layer's convolution of integers.
  package init(
    configuration: BitConfiguration, weights: [QuantizedWeight], quantizers: [ActivationQuantizer],
    shifts: [Tensor?], float: Network, value: (_ layer: Int) -> Tensor? = { _ in nil },
    convolution: (_ layer: Int, _ make: () throws -> IntegerConvolution?) throws -> IntegerConvolution? = {
      try $1()
    }
  ) throws {
    var replacements: [Int: Tensor] = [:]
    var convolutions: [IntegerConvolution?] = []
    for (layer, index) in float.weightIndices.enumerated() {
      replacements[index] = try value(layer) ?? weights[layer].dequantized()
      let known = float.bias(ofLayer: layer)
      let bias = try shifts[layer].map { shift in try known.map { try $0.adding(shift) } ?? shift } ?? known
      convolutions.append(
        try convolution(layer) {
          try withoutGradients {
            try IntegerConvolution(
              weights[layer], layer: float.layers[layer], quantizer: quantizers[layer], bias: bias)
          }
        })
    }
    self.configuration = configuration
    self.weights = weights
    self.quantizers = quantizers
    self.shifts = shifts
    self.float = float
    self.network = try float.replacingConstants(replacements)
    self.convolutions = convolutions
  }

  /// What layers do on the way through the network.
  package var taps: Taps {
    var taps = Taps()
    taps.input = { layer, tensor in
      convolutions[layer] == nil ? try quantizers[layer].apply(tensor) : tensor
    }
    taps.compute = { layer, tensor, _ in try convolutions[layer]?(tensor) }
    taps.output = { layer, tensor in
      guard convolutions[layer] == nil, let shift = shifts[layer] else { return tensor }
      return try tensor.adding(shift.asChannels(of: float.layers[layer], rank: tensor.rank))
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

  /// Logits of batches of images, in their order.
  public func logits(batches: [Tensor], threads: Int, progress: ProgressHandler? = nil) throws -> [Tensor] {
    try network.logits(batches: batches, threads: threads, progress: progress) { taps }
  }
}

extension Network {
  /// The bias of a layer; nil where it has none.
  func bias(ofLayer layer: Int) -> Tensor? {
    layers[layer].biasName.flatMap { valueIndices[$0] }.flatMap { constants[$0] }
  }
}
