import Foundations
import LayerStatistics
import Network
import Torch

/// Vectors z over the outputs with Σ z zᵀ the loss's second derivative by these, for each image: diag p − p pᵀ of the
/// cross-entropy's by logits, and diag w of values whose squared errors have weights w.
///
/// With as many vectors as classes of one position, z_c = √p_c (e_c − p), this is exact. With fewer, each is a random combination
/// Σ_c ξ_c z_c / √R of these with signs ξ, and the sum is right on average.
struct OutputFactors: Sendable {
  private let comparison: OutputComparison
  private let classCount: Int
  let columnCount: Int
  let isExact: Bool
  let seed: UInt64

  init(network: Network, comparison: OutputComparison, options: StatisticsOptions) {
    self.comparison = comparison
    classCount =
      network.hasPositions ? network.classCount : network.outputs.reduce(0) { $0 + $1.count }
    // Vectors of several positions would mix, unless their signs are random.
    isExact = classCount <= options.exactClasses && !network.hasPositions
    columnCount = isExact ? classCount : max(1, options.factorColumns)
    seed = options.seed
  }

  /// The vectors of some images, each of the shape of logits [images, positions · classes].
  ///
  /// - Parameter first: the number of the first image, which random signs depend on.
  func columns(logits: Tensor, first: Int) throws -> [Tensor] {
    try withoutGradients {
      if comparison.objective == .values {
        let roots = try comparison.rootWeights(count: logits.shape[1])
        return try (0..<columnCount).map { column in
          let mask =
            try isExact
            ? selection(of: column) : signs(images: logits.shape[0], first: first, column: column)
          return try Tensor.single(
            "aten::expand",
            [.tensor(roots.multiplied(by: mask).converted(to: logits.elementType)), .ints(logits.shape)])
        }
      }
      let rows = try logits.detached().classRows(classCount)
      let firstRow = first * (rows.shape[0] / max(1, logits.shape[0]))
      let p = try rows.converted(to: .float64).logSoftmax(dimension: 1).applying("exp")
      let roots = try p.applying("sqrt")
      return try (0..<columnCount).map { column in
        let mask =
          try isExact
          ? selection(of: column) : signs(images: rows.shape[0], first: firstRow, column: column)
        let combined = try roots.multiplied(by: mask)
        let z = try combined.subtracting(p.multiplied(by: combined.sum(over: [1], keepingRank: true)))
        return try z.converted(to: logits.elementType).reshaped(logits.shape)
      }
    }
  }

  private func selection(of column: Int) throws -> Tensor {
    try Tensor((0..<classCount).map { $0 == column ? 1.0 : 0.0 }, shape: [1, classCount])
  }

  private func signs(images: Int, first: Int, column: Int) throws -> Tensor {
    let scale = 1 / Double(columnCount).squareRoot()
    let values = (0..<images).flatMap { image in
      var stream = RandomStream(
        seed: seed, purpose: "output factors", index: UInt64((first + image) * columnCount + column))
      var bits: UInt64 = 0
      return (0..<classCount).map { index -> Double in
        if index % 64 == 0 { bits = stream.next() }
        defer { bits >>= 1 }
        return bits & 1 == 0 ? scale : -scale
      }
    }
    return try Tensor(values, shape: [images, classCount])
  }
}

/// What a layer's Gauss-Newton matrix and Fisher information are made of, for one share of images.
///
/// The derivative of zᵀ · logits by the layer's output, for each image and vector z of ``OutputFactors``; with what
/// entered the layer it gives the derivative by the weight.
struct LayerFactors: Sendable {
  let layer: Int
  /// What entered the layer, [images, …].
  let input: Tensor
  /// One [images, …] of the output's shape for each vector.
  let columns: [Tensor]
  /// ∂Lᵢ/∂A, [images, …] of the output's shape.
  let loss: Tensor
}

/// Runs a share forward once and backward for each vector.
struct FactorPass {
  let network: Network
  let shares: ImageShares
  let factors: OutputFactors

  /// The factors of some layers.
  ///
  /// - Parameter wantsColumns: false where the loss's derivatives alone are needed.
  func collect(_ share: Int, layers: [Int], wantsColumns: Bool = true) throws -> [LayerFactors] {
    let (inputs, outputs) = (
      TensorCollector(count: network.layers.count), TensorCollector(count: network.layers.count)
    )
    var taps = Taps()
    taps.input = { layer, tensor in
      inputs.tensors[layer] = try tensor.detached()
      return tensor
    }
    taps.output = { layer, tensor in
      let tracked = try tensor.tracksGradients ? tensor : tensor.trackingGradients()
      outputs.tensors[layer] = tracked
      return tracked
    }
    // Gradients of what is computed first bring all activations into the graph without those of the weights.
    taps.value = { _, tensor in
      tensor.elementType.isFloatingPoint && !tensor.tracksGradients ? try tensor.trackingGradients() : tensor
    }
    let logits = try network.forward(shares.batch(share), taps: taps).output
    let tensors = try layers.map { layer in
      guard let input = inputs.tensors[layer], let output = outputs.tensors[layer] else {
        throw NetworkError.graph("\(network.name): node \(network.layers[layer].name) was not run")
      }
      return (layer: layer, input: input, output: output)
    }
    func backward(_ z: Tensor) throws -> [Tensor] {
      let found = try gradients(
        of: [logits], weights: [z], withRespectTo: tensors.map(\.output), retainingGraph: true)
      return try zip(found, tensors).map { try $0 ?? .zeros(like: $1.output.detached()) }
    }
    let first = shares.ranges[share].lowerBound
    let columns =
      try wantsColumns
      ? factors.columns(logits: logits, first: first).map {
        try backward(shares.positionWeight == 1 ? $0 : $0.scaled(by: shares.positionWeight.squareRoot()))
      } : []
    let losses = try backward(shares.lossDerivative(share, logits: logits))
    return tensors.enumerated().map { position, tensor in
      LayerFactors(
        layer: tensor.layer, input: tensor.input, columns: columns.map { $0[position] },
        loss: losses[position])
    }
  }
}
