import Network
import Torch

/// The gradient of one share's part of the loss, still in the graph it was computed in, to be differentiated again.
struct GradientGraph {
  let weights: [Tensor]
  /// By layer; nil where the loss does not depend on the layer.
  private let gradient: [Tensor?]

  init(network: Network, shares: ImageShares, share: Int) throws {
    let weights = try network.weights.map { try $0.trackingGradients() }
    var taps = Taps()
    taps.compute = { layer, input, bias in
      try network.layers[layer].groupedProduct(input: input, weight: weights[layer], bias: bias)
    }
    let logits = try network.forward(
      shares.batch(share), replacing: Dictionary(uniqueKeysWithValues: zip(network.weightIndices, weights)),
      taps: taps
    ).output
    self.weights = weights
    gradient = try gradients(
      of: [shares.loss(share, logits: logits)], withRespectTo: weights, creatingGraph: true)
  }

  /// The product of the share's Hessian over all layers with a vector of all layers.
  func product(with vector: [Tensor]) throws -> [Tensor] {
    // A gradient that no weight changes has no second derivative.
    let known = gradient.indices.filter { gradient[$0]?.tracksGradients == true }
    guard !known.isEmpty else { return try weights.map { try .zeros(like: $0) } }
    let products = try gradients(
      of: known.compactMap { gradient[$0] }, weights: known.map { vector[$0] }, withRespectTo: weights,
      retainingGraph: true)
    return try zip(products, weights).map { try $0 ?? .zeros(like: $1) }
  }

  /// The product of a layer's own block of the share's Hessian with a vector.
  func blockProduct(layer: Int, with vector: Tensor) throws -> Tensor {
    guard let gradient = gradient[layer], gradient.tracksGradients else {
      return try .zeros(like: weights[layer])
    }
    let product = try gradients(
      of: [gradient], weights: [vector], withRespectTo: [weights[layer]], retainingGraph: true)
    return try product[0] ?? .zeros(like: weights[layer])
  }
}
