import Network
import Support
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
  let shifts: [Tensor?]
  /// The float network.
  let float: Network
  /// The network with the values of the rounded weights.
  package let network: Network
  package let convolutions: [IntegerConvolution?]

  /// What layers do on the way through the network.
  package var taps: Taps {
    var taps = Taps()
    taps.input = { layer, tensor in
      convolutions[layer] == nil ? try quantizers[layer].apply(tensor) : tensor
    }
    taps.compute = { layer, tensor, _ in try convolutions[layer]?(tensor) }
    taps.output = { layer, tensor in
      guard convolutions[layer] == nil, let shift = shifts[layer] else { return tensor }
      return try tensor.adding(shift.asChannels(rank: tensor.rank))
    }
    return taps
  }

  /// Logits of batches of images, in their order.
  public func logits(batches: [Tensor], threads: Int, progress: ProgressHandler? = nil) throws -> [Tensor] {
    try network.logits(batches: batches, threads: threads, progress: progress) { taps }
  }
}

extension Tensor {
  /// A vector of channels in a shape that is added to images [N, C, H, W] or rows [N, C].
  func asChannels(rank: Int) throws -> Tensor {
    rank == 4 ? try reshaped([1, -1, 1, 1]) : self
  }
}
