import Network
import Torch

extension QuantizableLayer {
  /// The dimension of the layer's output that counts channels: 1 of a convolution's, else the last.
  package func channelDimension(rank: Int) -> Int { operatorType.hasPrefix("Conv") ? 1 : rank - 1 }
}

extension Network {
  /// What leaves a layer, in a pass that stands right behind it.
  package func output(ofLayer layer: Int, in state: ForwardState) throws -> Tensor {
    guard let value = outputIndex(ofLayer: layer).flatMap({ state[value: $0] }) else {
      throw NetworkError.graph("\(name): the output of layer \(layers[layer].name) was not computed")
    }
    return value
  }
}

extension Tensor {
  /// A vector of a layer's channels in a shape that broadcasts over the layer's outputs.
  package func asChannels(of layer: QuantizableLayer, rank: Int) throws -> Tensor {
    try reshaped((0..<rank).map { $0 == layer.channelDimension(rank: rank) ? -1 : 1 })
  }

  /// Sums over all that a channel of a layer's output consists of, [channels].
  func channelSums(of layer: QuantizableLayer) throws -> Tensor {
    try sum(over: shape.indices.filter { $0 != layer.channelDimension(rank: rank) })
  }
}
