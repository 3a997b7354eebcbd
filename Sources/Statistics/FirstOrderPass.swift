import Foundations
import LayerStatistics
import Network
import Torch

extension StatisticsPass {
  /// What a forward and a backward pass tell.
  public static let firstOrder = StatisticsPass(
    stage: .firstOrder, statistics: [.gradient, .activation, .activationGradient, .activationFisher, .gram]
  ) { work in
    var found = try FirstOrderPass(
      network: work.network, shares: work.shares(8_000_000), wanted: work.wanted,
      keepsBatch: work.options.keepsBatch, threads: work.options.threads
    ).collect(progress: work.progress)
    if work.wanted.contains(.gram) {
      found[.gram] = try GramPass(
        network: work.network, shares: work.shares(32_000_000), threads: work.options.threads
      ).collect()
    }
    return found
  }
}

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
  }

  func collect(progress: ProgressHandler?) throws -> [Statistic: [Tensor]] {
    let counter = ProgressCounter(total: shares.count, handler: progress)
    var total = Part(fisher: network.layers.map { _ in 0 })
    var (images, imageGradients) = ([[Tensor]](), [[Tensor]]())
    try shares.forEach(threads: threads) { share in
      defer { counter.advance() }
      return try measure(share)
    } merge: { part in
      try add(part.gradients, to: &total.gradients)
      for (layer, value) in part.fisher.enumerated() { total.fisher[layer] += value }
      if keepsBatch {
        images.append(part.activations)
        imageGradients.append(part.activationGradients)
      } else {
        try add(part.activations, to: &total.activations)
        try add(part.activationGradients, to: &total.activationGradients)
      }
    }
    if keepsBatch {
      func joined(_ lists: [[Tensor]]) throws -> [Tensor] {
        try network.layers.indices.map { layer in
          try Tensor.concatenated(lists.map { $0[layer] }, dimension: 0)
        }
      }
      (total.activations, total.activationGradients) = try (joined(images), joined(imageGradients))
    }
    var tensors: [Statistic: [Tensor]] = [:]
    tensors[.gradient] = total.gradients
    tensors[.activation] = total.activations
    tensors[.activationGradient] = total.activationGradients
    tensors[.activationFisher] = try total.fisher.map { try .scalar($0, elementType: .float64) }
    return tensors.filter { wanted.contains($0.key) }
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
      }
      return part
    }
  }

  /// ½ Σ over images and channels of (Σ over positions of A ⊙ ∂L/∂A)².
  private func channelFisher(_ output: Tensor, _ gradient: Tensor, layer: Int) throws -> Double {
    let channel = network.layers[layer].channelDimension(rank: output.rank)
    let positions = (1..<output.rank).filter { $0 != channel }
    var product = try output.multiplied(by: gradient)
    if !positions.isEmpty { product = try product.sum(over: positions) }
    return 0.5 * (try product.innerProduct(product))
  }
}
