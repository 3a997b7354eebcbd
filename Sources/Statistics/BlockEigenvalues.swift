import Foundations
import LayerStatistics
import Network
import Torch

extension StatisticsPass {
  /// Eigenvalues of blocks of the Hessian.
  public static let eigenvalues = StatisticsPass(stage: .eigenvalues, statistics: [.topEigenvalue]) { work in
    // All factors of a layer are kept, so there are fewer random ones.
    var fewer = work.options
    fewer.factorColumns = max(1, work.options.factorColumns / 2)
    let eigenvalues = try BlockEigenvalues(
      pass: work.factorPass(fewer), threads: work.options.threads, usesFactors: work.usesFactors
    ).collect(progress: work.progress, isCancelled: work.isCancelled)
    return eigenvalues.map { [.topEigenvalue: $0] }
  }
}

/// The eigenvalue of greatest magnitude of each layer's own block of the Hessian.
///
/// Where the network is piecewise linear, a block equals its Gauss-Newton block, whose product with a vector takes two
/// convolutions of the layer once the factors are known. Elsewhere a product is a double-backward pass of the layer.
struct BlockEigenvalues {
  let pass: FactorPass
  let threads: Int
  /// Whether Gauss-Newton blocks are taken.
  let usesFactors: Bool
  /// Bytes of factors kept at a time.
  var memoryLimit = 2 << 30

  private var network: Network { pass.network }
  private var shares: ImageShares { pass.shares }

  /// - Returns: nil where the user asked to stop.
  func collect(progress: ProgressHandler?, isCancelled: CancellationCheck) throws -> [Tensor]? {
    let sizes = network.layers.map { layer in
      // The input is taken to be as large as the output.
      layer.outputShape.reduce(4 * shares.imageCount * (pass.factors.columnCount + 2), *)
    }
    let groups =
      usesFactors ? layerGroups(sizes: sizes, limit: memoryLimit) : [Array(network.layers.indices)]
    let counter = ProgressCounter(total: groups.count, handler: progress)
    var eigenvalues: [Double] = []
    for layers in groups {
      if isCancelled() { return nil }
      eigenvalues += try usesFactors ? ofGaussNewton(layers) : ofHessian(layers)
      counter.advance()
    }
    return try eigenvalues.map { try .scalar($0, elementType: .float64) }
  }

  private func iteration(_ layers: [Int]) -> LanczosIteration {
    LanczosIteration(seed: pass.factors.seed, first: layers.first ?? 0)
  }

  private func ofGaussNewton(_ layers: [Int]) throws -> [Double] {
    let factors = try parallelTensorMap(count: shares.count, threads: threads) { share in
      try pass.collect(share, layers: layers)
    }
    let (network, count) = (network, Double(shares.imageCount))
    return try iteration(layers).eigenvalues(sizes: layers.map { network.layers[$0].parameters }) {
      matrices, vectors in
      try parallelTensorMap(count: matrices.count, threads: threads) { position in
        let index = matrices[position]
        let weight = network.weights[layers[index]]
        let vector = try vectors[position].converted(to: weight.elementType).reshaped(weight.shape)
        let products = try factors.map { [try Self.product(of: $0[index], with: vector, network: network)] }
        return try withoutGradients { try sum(products)[0].scaled(by: 1 / count) }
      }
    }
  }

  /// Σ over images and vectors z of f (fᵀv) with f = ∂(zᵀ logits)/∂W.
  private static func product(
    of factors: LayerFactors, with vector: Tensor, network: Network
  ) throws -> Tensor {
    let tracked = try vector.channelsLast().trackingGradients()
    let change = try network.linearPart(ofLayer: factors.layer, input: factors.input, weight: tracked)
    let weights = try withoutGradients {
      let detached = try change.detached()
      let inner = Array(1..<detached.rank)
      let terms = try factors.columns.map { column in
        try column.multiplied(by: column.multiplied(by: detached).sum(over: inner, keepingRank: true))
      }
      return try sum(terms.map { [$0] })[0]
    }
    return try gradients(of: [change], weights: [weights], withRespectTo: [tracked])[0]
      ?? .zeros(like: vector)
  }

  private func ofHessian(_ layers: [Int]) throws -> [Double] {
    let (network, shares) = (network, shares)
    return try iteration(layers).eigenvalues(sizes: layers.map { network.layers[$0].parameters }) {
      matrices, vectors in
      let parts = try parallelTensorMap(count: shares.count, threads: threads) { share in
        let graph = try GradientGraph(network: network, shares: shares, share: share)
        return try zip(matrices, vectors).map { index, vector in
          let weight = network.weights[layers[index]]
          return try graph.blockProduct(
            layer: layers[index],
            with: vector.converted(to: weight.elementType).reshaped(weight.shape).channelsLast())
        }
      }
      return try onSingleThread { try withoutGradients { try sum(parts) } }
    }
  }
}
