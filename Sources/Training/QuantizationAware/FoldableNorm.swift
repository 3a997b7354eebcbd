import Network
import ONNX
import Torch

/// A batch norm behind a layer that folding puts into the layer's weight and bias.
struct FoldableNorm: Sendable {
  /// The index of its scale γ among the network's constants.
  let scale: Int
  private let variance: Int
  private let epsilon: Double

  /// The batch norms behind a network's layers; nil for layers that none is folded into.
  ///
  /// - Parameters:
  ///   - network: with batch norms apart.
  ///   - folded: the same network with batch norms folded.
  static func find(in network: Network, folded: Network) throws -> [FoldableNorm?] {
    let left = Set(folded.model.graph.nodes.map(\.name))
    var norms: [String: FoldableNorm] = [:]
    for node in network.model.graph.nodes
    where node.operatorType == "BatchNormalization" && node.inputs.count == 5 && !left.contains(node.name) {
      guard let scale = network.valueIndices[node.inputs[1]],
        let variance = network.valueIndices[node.inputs[4]]
      else { continue }
      norms[node.inputs[0]] = FoldableNorm(
        scale: scale, variance: variance, epsilon: try node.float("epsilon") ?? 1e-5)
    }
    let outputs = Dictionary(
      network.model.graph.nodes.map { ($0.name, $0.outputs.first ?? "") },
      uniquingKeysWith: { first, _ in first })
    return network.layers.map { layer in outputs[layer.name].flatMap { norms[$0] } }
  }

  /// What the batch norm multiplies each channel with, γ / √(σ² + ε), at least 1e-6 away from 0.
  func factors(in network: Network) throws -> Tensor? {
    guard let scale = network.constants[scale], let variance = network.constants[variance] else { return nil }
    let factors = try scale.divided(by: variance.adding(Tensor.scalar(epsilon)).applying("sqrt"))
    return try factors.absolute().clamped(1e-6, .infinity).multiplied(by: factors.signs())
  }
}

extension Tensor {
  /// −1 where an element is below 0, else 1.
  func signs() throws -> Tensor { try applying("sign").adding(Tensor.scalar(0.5)).applying("sign") }
}
