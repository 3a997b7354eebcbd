import Network
import Quantization
import Torch

/// A network of which each layer is taken from one of several quantized forms of it, or left as it is.
struct AssembledNetwork {
  private let network: Network
  private let roundsInputs: Bool
  private var layers: [QuantizedNetwork?]

  /// - Parameters:
  ///   - network: the float network.
  ///   - layers: by layer, where it is taken from; nil leaves it as it is.
  ///   - roundsInputs: whether layers that are taken from elsewhere round their inputs as they do there.
  init(_ network: Network, layers: [QuantizedNetwork?], roundsInputs: Bool) {
    self.network = network
    self.layers = layers
    self.roundsInputs = roundsInputs
  }

  /// The same network with one layer taken from elsewhere.
  func replacing(_ layer: Int, by form: QuantizedNetwork?) -> AssembledNetwork {
    var copy = self
    copy.layers[layer] = form
    return copy
  }

  /// Runs a forward pass up to, and without, a step; to the end where none is named.
  func advance(_ state: inout ForwardState, to end: Int? = nil) throws {
    var weights: [Int: Tensor] = [:]
    for (layer, index) in network.weightIndices.enumerated() {
      guard let form = layers[layer], !roundsInputs || form.convolutions[layer] == nil else { continue }
      weights[index] = form.network.weights[layer]
    }
    let taps = layers.map { roundsInputs ? $0?.taps : $0?.tapsWithFloatInputs }
    var mixed = Taps()
    mixed.input = { layer, tensor in try taps[layer]?.input?(layer, tensor) ?? tensor }
    mixed.compute = { layer, tensor, bias in try taps[layer]?.compute?(layer, tensor, bias) ?? nil }
    mixed.output = { layer, tensor in try taps[layer]?.output?(layer, tensor) ?? tensor }
    try network.advance(&state, to: end, replacing: weights, taps: mixed)
  }
}
