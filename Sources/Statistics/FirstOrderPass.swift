import Network
import Support
import Torch

/// Gradients of weights and activations, and the activations themselves, in one forward and backward pass.
struct FirstOrderPass {
  let network: Network
  let shares: ImageShares
  let wanted: Set<Statistic>
  let keepsBatch: Bool
  let threads: Int

  private struct Part: Sendable {
    var gradients: [Tensor] = []
    var activations: [Tensor] = []
    var activationGradients: [Tensor] = []
    var fisher: [Double] = []
    /// [images, features], where Gram matrices are wanted.
    var features: [Tensor] = []
  }

  func collect(progress: ProgressHandler?) throws -> [Statistic: [Tensor]] {
    let counter = ProgressCounter(total: shares.count, handler: progress)
    let parts = try parallelTensorMap(count: shares.count, threads: threads) { share in
      defer { counter.advance() }
      return try measure(share)
    }
    return try onSingleThread {
      func joined(_ lists: [[Tensor]]) throws -> [Tensor] {
        guard keepsBatch else { return try sum(lists) }
        return try network.layers.indices.map { layer in
          try Tensor.concatenated(lists.map { $0[layer] }, dimension: 0)
        }
      }
      var tensors: [Statistic: [Tensor]] = [:]
      tensors[.gradient] = try sum(parts.map(\.gradients))
      tensors[.activation] = try joined(parts.map(\.activations))
      tensors[.activationGradient] = try joined(parts.map(\.activationGradients))
      tensors[.activationFisher] = try network.layers.indices.map { layer in
        try .scalar(parts.reduce(0) { $0 + $1.fisher[layer] }, elementType: .float64)
      }
      if wanted.contains(.gram) {
        tensors[.gram] = try parallelTensorMap(count: network.layers.count, threads: threads) { layer in
          try Self.gram(parts.map { $0.features[layer] })
        }
      }
      return tensors.filter { wanted.contains($0.key) }
    }
  }

  private func measure(_ share: Int) throws -> Part {
    let weights = try network.weights.map { try $0.trackingGradients() }
    let outputs = TensorCollector(count: weights.count)
    var taps = Taps()
    taps.output = { layer, tensor in
      outputs.tensors[layer] = tensor
      return tensor
    }
    let logits = try network.forward(
      shares.batch(share), replacing: Dictionary(uniqueKeysWithValues: zip(network.weightIndices, weights)),
      taps: taps
    ).output
    let activations = try outputs.tensors.enumerated().map { layer, tensor in
      guard let tensor else {
        throw NetworkError.graph("\(network.name): node \(network.layers[layer].name) was not run")
      }
      return tensor
    }
    let all = weights + activations
    let derivatives = try gradients(of: [shares.loss(share, logits: logits)], withRespectTo: all)
    return try withoutGradients {
      let known = try zip(derivatives, all).map { try $0?.detached() ?? .zeros(like: $1) }
      var part = Part(gradients: Array(known.prefix(weights.count)))
      let count = Double(shares.imageCount)
      for (layer, output) in activations.enumerated() {
        let output = try output.detached()
        // L is a mean over images, so its gradient is a share of each image's own.
        let gradient = try known[weights.count + layer].scaled(by: count)
        part.activations.append(
          try keepsBatch ? output.contiguous() : output.sum(over: [0]).scaled(by: 1 / count))
        part.activationGradients.append(
          try keepsBatch ? gradient.contiguous() : gradient.sum(over: [0]).scaled(by: 1 / count))
        part.fisher.append(try channelFisher(output, gradient, layer: layer) / count)
        if wanted.contains(.gram) {
          part.features.append(try output.contiguous().reshaped([output.shape[0], -1]))
        }
      }
      return part
    }
  }

  /// ½ Σ over images and channels of (Σ over positions of A ⊙ ∂L/∂A)².
  private func channelFisher(_ output: Tensor, _ gradient: Tensor, layer: Int) throws -> Double {
    let channel = network.layers[layer].operatorType == "Conv" ? 1 : output.rank - 1
    let positions = (1..<output.rank).filter { $0 != channel }
    var product = try output.multiplied(by: gradient)
    if !positions.isEmpty { product = try product.sum(over: positions) }
    return 0.5 * (try product.innerProduct(product))
  }

  /// FFᵀ, some columns of F at a time, as they are needed in double precision.
  private static func gram(_ features: [Tensor]) throws -> Tensor {
    try withoutGradients {
      let all = try Tensor.concatenated(features, dimension: 0)
      var total = try Tensor.full(0, shape: [all.shape[0], all.shape[0]], elementType: .float64)
      for start in stride(from: 0, to: all.shape[1], by: 65_536) {
        let part = try all.sliced(dimension: 1, from: start, to: min(all.shape[1], start + 65_536))
          .converted(to: .float64)
        total = try total.adding(
          Tensor.single("aten::mm", [.tensor(part), .tensor(part.permuted([1, 0]))]))
      }
      return total
    }
  }
}
