import Foundations
import LayerStatistics
import Network
import Torch

extension PerturbationPass {
  /// Products of the weights' errors with derivatives of the loss.
  public static let derivatives = PerturbationPass(
    stage: .perturbations, isNeeded: { !$0.isDisjoint(with: PerturbationStatistic.derivatives) }
  ) { work in
    let products = DerivativeProducts(
      network: work.network, changes: work.changes, shares: work.shares(4_000_000),
      comparison: work.comparison,
      options: work.options, usesFactors: work.usesFactors)
    return PerturbationValues(ofWeights: try products.collect(progress: work.progress))
  }
}

/// Norms of the weights' errors, and their products with the loss's first and second derivatives.
struct DerivativeProducts {
  let network: Network
  let changes: PerturbedWeights
  let shares: ImageShares
  let comparison: OutputComparison
  let options: StatisticsOptions
  /// Whether products with the Hessian are taken from the Gauss-Newton factors.
  let usesFactors: Bool

  /// One layer's sums over the images of a share.
  private struct Sums: Sendable {
    var output = 0.0
    var outputErrors: [Double]
    var firstOrder: [Double]
    var secondOrder: [Double]
    var fisher: Tensor?
  }

  func collect(progress: ProgressHandler?) throws -> [PerturbationStatistic: [[Double]]] {
    let pass = FactorPass(
      network: network, shares: shares,
      factors: OutputFactors(network: network, comparison: comparison, options: options))
    let counter = ProgressCounter(total: shares.count, handler: progress)
    let layers = Array(network.layers.indices)
    var (parts, fisher) = ([[Sums]](), [Tensor]())
    try shares.forEach(threads: options.threads) { share in
      defer { counter.advance() }
      var sums = try pass.collect(share, layers: layers, wantsColumns: usesFactors).map { try measure($0) }
      if !usesFactors {
        let graph = try GradientGraph(network: network, shares: shares, share: share)
        for layer in layers {
          sums[layer].secondOrder = try changes.errors[layer].map { error in
            // The loss's graph is already divided by the number of images.
            try Double(shares.imageCount) * graph.blockProduct(layer: layer, with: error).innerProduct(error)
          }
        }
      }
      return sums
    } merge: { sums in
      try add(sums.compactMap(\.fisher), to: &fisher)
      parts.append(
        sums.map { sum in
          var sum = sum
          sum.fisher = nil
          return sum
        })
    }
    return try onSingleThread { try withoutGradients { try table(parts, fisher: fisher) } }
  }

  private func measure(_ factors: LayerFactors) throws -> Sums {
    let layer = factors.layer
    let derivatives = try withoutGradients {
      try ImageGradients(network: network, layer: layer, input: factors.input)
    }
    // Of some layers these are gradients of single images, which a pass without gradients has none of.
    let fisher = try derivatives.squares(outputGradient: factors.loss)
    return try withoutGradients {
      let float = try network.linearPart(ofLayer: layer, input: factors.input, weight: changes.weights[layer])
      var sums = Sums(
        output: try float.innerProduct(float), outputErrors: [], firstOrder: [], secondOrder: [])
      for error in changes.errors[layer] {
        let output = try network.outputChange(ofLayer: layer, input: factors.input, change: error)
        sums.outputErrors.append(try output.innerProduct(output))
        sums.firstOrder.append(try output.innerProduct(factors.loss))
        let inner = Array(1..<output.rank)
        sums.secondOrder.append(
          try factors.columns.reduce(0) { total, column in
            let product = try column.multiplied(by: output).sum(over: inner)
            return total + (try product.innerProduct(product))
          })
      }
      sums.fisher = fisher
      return sums
    }
  }

  private func table(_ parts: [[Sums]], fisher: [Tensor]) throws -> [PerturbationStatistic: [[Double]]] {
    let count = Double(shares.imageCount)
    let norms = try changes.norms()
    var values = norms
    for (layer, weight) in changes.weights.enumerated() {
      let errors = changes.errors[layer]
      func mean(_ part: (Sums) -> [Double]) -> [Double] {
        errors.indices.map { choice in parts.reduce(0) { $0 + part($1[layer])[choice] } / count }
      }
      func append(_ statistic: PerturbationStatistic, _ row: [Double]) {
        values[statistic, default: []].append(row)
      }
      let squares = norms[.weightError]?[layer] ?? []
      let outputs = mean(\.outputErrors)
      let output = parts.reduce(0) { $0 + $1[layer].output } / count
      append(.outputError, outputs)
      append(.relativeOutputError, outputs.map { $0 / output })
      append(.gradientProduct, mean(\.firstOrder))
      append(.hessianProduct, mean(\.secondOrder))
      let fisher = try fisher[layer].scaled(by: 1 / count)
      append(.fisherProduct, try errors.map { try fisher.innerProduct($0.squared()) })
      let trace = try fisher.converted(to: .float64).sum().item()
      append(.fisherTraceProduct, squares.map { trace * $0 / Double(weight.count) })
    }
    return values
  }
}
