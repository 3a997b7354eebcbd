import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

extension StatisticsPass {
  /// Diagonals of the empirical Fisher information and of the Gauss-Newton matrix.
  public static let factors = StatisticsPass(stage: .factors, statistics: [.fisher, .gaussNewton]) { work in
    try FactorDiagonals(
      pass: work.factorPass(work.options), threads: work.options.threads,
      wantsGaussNewton: work.wanted.contains(.gaussNewton)
    ).collect(progress: work.progress)
  }
}

/// Sums of squares of the weight's derivatives image by image.
struct ImageGradients {
  let network: Network
  let layer: Int
  let input: Tensor
  private let columns: Tensor?

  /// Makes the matrices that a layer multiplies its weight with.
  ///
  /// - Parameter input: what entered the layer, [images, …].
  init(network: Network, layer: Int, input: Tensor) throws {
    self.network = network
    self.layer = layer
    self.input = input
    // Of recurrent layers the derivatives of gates are not known.
    let layerOfWeight = network.layers[layer]
    columns = try layerOfWeight.isRecurrent ? nil : layerOfWeight.columns(of: input)
  }

  /// Σ over images of (∂/∂W)², of the weight's shape, where the derivative by the layer's output is given.
  ///
  /// A convolution is a matrix product at each position, so an image's derivative is the product of its output's
  /// derivatives [channels, positions] with its columns [positions, K].
  func squares(outputGradient: Tensor) throws -> Tensor {
    let described = network.layers[layer]
    guard let columns, let factor = try? network.factor(ofLayer: layer) else {
      return try oneByOne(outputGradient: outputGradient)
    }
    let images = input.shape[0]
    let (groups, size) = (columns.shape[0], columns.shape[1])
    let x = try columns.reshaped([groups, size, images, -1]).permuted([0, 2, 3, 1]).contiguous()
      .reshaped([groups * images, -1, size])
    let channels = described.weightShape[described.outputAxis] / groups
    // [images, channels, positions] for convolutions, [images, positions, channels] for matrix products.
    let isConvolution = described.operatorType.hasPrefix("Conv")
    let delta =
      try isConvolution
      ? outputGradient.contiguous().reshaped([images, groups, channels, -1]).permuted([1, 0, 2, 3])
      : outputGradient.contiguous().reshaped([1, images, -1, channels]).permuted([0, 1, 3, 2])
    let derivatives = try Tensor.single(
      "aten::bmm",
      [.tensor(delta.contiguous().reshaped([groups * images, channels, -1])), .tensor(x)]
    ).reshaped([groups, images, channels, size])
    let sums = try derivatives.squared().sum(over: [1]).scaled(by: factor * factor)
    guard described.outputAxis == 0 else {
      return try sums.reshaped([channels, size]).permuted([1, 0]).contiguous()
    }
    return try sums.reshaped(described.weightShape)
  }

  /// The same by a backward pass of the layer for each image, for layers of other kinds.
  private func oneByOne(outputGradient: Tensor) throws -> Tensor {
    let weight = try network.weights[layer].trackingGradients()
    var total = try Tensor.zeros(like: network.weights[layer])
    for image in 0..<input.shape[0] {
      let output = try network.linearPart(
        ofLayer: layer, input: input.sliced(dimension: 0, from: image, to: image + 1), weight: weight)
      let derivative = try gradients(
        of: [output], weights: [outputGradient.sliced(dimension: 0, from: image, to: image + 1)],
        withRespectTo: [weight])
      if let known = derivative[0] { total = try withoutGradients { try total.adding(known.squared()) } }
    }
    return total
  }
}

/// The diagonals of the empirical Fisher information and of the Gauss-Newton matrix, of all layers.
struct FactorDiagonals {
  let pass: FactorPass
  let threads: Int
  let wantsGaussNewton: Bool

  func collect(progress: ProgressHandler?) throws -> [Statistic: [Tensor]] {
    let (network, shares) = (pass.network, pass.shares)
    let counter = ProgressCounter(total: shares.count, handler: progress)
    let layers = Array(network.layers.indices)
    var (fisher, gaussNewton) = ([Tensor](), [Tensor]())
    try shares.forEach(threads: threads) { share in
      defer { counter.advance() }
      return try pass.collect(share, layers: layers, wantsColumns: wantsGaussNewton).map { factors in
        let derivatives = try withoutGradients {
          try ImageGradients(network: network, layer: factors.layer, input: factors.input)
        }
        let fisher = try derivatives.squares(outputGradient: factors.loss)
        let squares = try factors.columns.map { try derivatives.squares(outputGradient: $0) }
        return try withoutGradients { (fisher, try sum(squares.map { [$0] }).first) }
      }
    } merge: { part in
      try add(part.map(\.0), to: &fisher)
      if wantsGaussNewton { try add(part.compactMap(\.1), to: &gaussNewton) }
    }
    let share = 1 / Double(shares.imageCount)
    var tensors: [Statistic: [Tensor]] = [.fisher: try fisher.map { try $0.scaled(by: share) }]
    if wantsGaussNewton { tensors[.gaussNewton] = try gaussNewton.map { try $0.scaled(by: share) } }
    return tensors
  }
}
