import Foundation
import Foundations
import Network
import Torch

extension Rounding {
  /// Up or down, learned for the least error of a block's output (`BlockReconstruction`).
  public static let brecq = Rounding(
    name: "brecq", leastImages: 16, isIterative: true,
    method: .blocks { block in
      try block.reconstruction.levels(
        grids: block.grids, iterations: block.options.iterations, seed: block.options.seed,
        threads: block.threads)
    })
}

/// Learns the rounding of all layers of a block together, for the least error of the block's output, weighted by
/// what each element of it matters to the network's output (BRECQ).
///
/// The minimized function is E[Σ F · (ẑ − z)²] plus 0.01 of ``SoftRounding``'s regularizer: z is the block's output
/// in the float network, ẑ with soft-rounded weights, the sum goes over channels and the mean over images and
/// positions. F is the diagonal of the Fisher information of z, from the squared gradient of the loss with an answer
/// drawn from the network's own output, so no labels are needed. Where a network is sure of most images, the few
/// others' gradients would outweigh all; so F is scaled to a mean of 1 on each image, and averaged with 1.
///
/// Source: Li et al., "BRECQ: Pushing the Limit of Post-Training Quantization by Block Reconstruction", ICLR 2021,
/// equation 10 and algorithm 1. Blocks are found in the graph (`Network.blocks()`).
package struct BlockReconstruction: Sendable {
  /// A small batch of calibration images at the block.
  package struct Sample: Sendable {
    /// What enters the block.
    package let input: Tensor
    /// What leaves it in the float network.
    package let target: Tensor
    /// F of each element of the target.
    package let importance: Tensor
  }

  /// Images whose errors make up one step.
  static let batchSize = 32
  /// Each step's images are computed in two shares, whatever the number of threads.
  private static let shareCount = 2

  let network: Network
  let block: Block
  /// Batches of images, each in the shares that it is computed in.
  package let samples: [[Sample]]

  /// Runs the calibration images up to the block, through it, and from its output back for gradients.
  ///
  /// - Parameters:
  ///   - inputs: what enters the block, batch by batch; nil for what enters it in the float network.
  package init(
    network: Network, block: Block, calibration: [Inputs], inputs: [Tensor]? = nil, seed: UInt64, threads: Int
  ) throws {
    self.network = network
    self.block = block
    let firstImages = calibration.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let seen = try parallelTensorMap(count: calibration.count, threads: threads) { index in
      let (input, target) = try withoutGradients {
        var state = try network.beginning(calibration[index])
        try network.advance(&state, to: block.steps.lowerBound)
        let input = state[value: block.input]
        try network.advance(&state, to: block.steps.upperBound)
        return (input, state[value: block.output])
      }
      guard let input, let target else {
        throw NetworkError.graph("\(network.name): a block's values were not computed")
      }
      let leaf = try target.trackingGradients()
      var state = ForwardState(step: block.steps.upperBound, values: [block.output: leaf])
      state.ignored = calibration[index].ignored
      try network.advance(&state)
      let logits = try network.output(of: state)
      let reference = try logits.detached()
      let loss = try OutputComparison(network, references: [reference]).drawnLoss(
        of: logits, reference: reference, firstExample: firstImages[index], seed: seed)
      guard let gradient = try gradients(of: [loss], withRespectTo: [leaf])[0] else {
        throw NetworkError.graph("\(network.name): the output does not depend on a block's output")
      }
      return try withoutGradients { (inputs?[index] ?? input, target, try Self.importance(gradient)) }
    }
    samples = try withoutGradients {
      try seen.flatMap { input, target, importance in
        try stride(from: 0, to: input.shape[0], by: Self.batchSize).map { start in
          let end = min(start + Self.batchSize, input.shape[0])
          let middle = start + (end - start) / Self.shareCount
          return try [(start, middle), (middle, end)].filter { $0.0 < $0.1 }.map { start, end in
            func part(_ tensor: Tensor) throws -> Tensor {
              try tensor.sliced(dimension: 0, from: start, to: end)
            }
            return Sample(input: try part(input), target: try part(target), importance: try part(importance))
          }
        }
      }
    }
  }

  /// (1 + g² / mean g²) / 2 of each element, with the mean over its image.
  private static func importance(_ gradient: Tensor) throws -> Tensor {
    let squares = try gradient.squared()
    let mean = try squares.mean(over: Array(1..<squares.rank), keepingRank: true).clamped(1e-20, .infinity)
    return try squares.divided(by: mean).adding(Tensor.scalar(1)).scaled(by: 0.5)
  }

  /// The levels of the block's layers on their grids, in the order of ``Block/layers``.
  ///
  /// - Parameter grids: one for each of the block's layers.
  /// - Complexity: `iterations` forward and backward passes of 32 images through the block.
  package func levels(grids: [WeightGrid], iterations: Int, seed: UInt64, threads: Int) throws -> [Tensor] {
    let indices = network.weightIndices
    let soft = try zip(block.layers, grids).map { layer, grid in
      try SoftRounding(network.weights[layer], grid: grid)
    }
    let parameters = soft.map(\.parameters)
    let adam = try Adam(parameters)
    let schedule = SoftRounding.Schedule(iterations: iterations)
    for iteration in 0..<iterations {
      var stream = RandomStream(seed: seed, purpose: "reconstruction batch", index: UInt64(iteration))
      let sample = samples[stream.integer(below: samples.count)]
      let images = sample.reduce(0) { $0 + $1.input.shape[0] }
      let shares = try soft.map { try $0.share() }
      let rounded = try zip(soft, shares).map { try $0.weight(share: $1) }
      let constants = try withoutGradients { try rounded.map { try $0.detached().channelsLast() } }
      let parts = try parallelTensorMap(count: sample.count, threads: threads) { index in
        try weightGradients(
          sample[index], weights: constants, weightIndices: block.layers.map { indices[$0] }, images: images)
      }
      let sums = try withoutGradients {
        try rounded.indices.map { layer in
          try parts.dropFirst().reduce(parts[0][layer]) { try $0.adding($1[layer]) }
        }
      }
      var outputs = rounded
      var weights: [Tensor?] = sums
      if let beta = schedule.beta(iteration) {
        for (soft, share) in zip(soft, shares) {
          outputs.append(try soft.regularizer(share: share, beta: beta))
          weights.append(try Tensor.scalar(SoftRounding.Schedule.regularization))
        }
      }
      let slopes = try gradients(of: outputs, weights: weights, withRespectTo: parameters)
      try adam.step(slopes.compactMap { $0 }, learningRate: SoftRounding.Schedule.learningRate)
    }
    return try soft.map { try $0.levels() }
  }

  /// The gradient of the weighted error with respect to each weight, for a share of a step's images.
  private func weightGradients(
    _ sample: Sample, weights: [Tensor], weightIndices: [Int], images: Int
  ) throws -> [Tensor] {
    let leaves = try weights.map { try $0.trackingGradients() }
    var state = ForwardState(step: block.steps.lowerBound, values: [block.input: sample.input])
    try network.advance(
      &state, to: block.steps.upperBound,
      replacing: Dictionary(zip(weightIndices, leaves)) { first, _ in first })
    guard let output = state[value: block.output] else {
      throw NetworkError.graph("\(network.name): a block's output was not computed")
    }
    let positions = output.shape.dropFirst(2).reduce(1, *)
    let slope = try withoutGradients {
      try output.detached().subtracting(sample.target).multiplied(by: sample.importance)
        .scaled(by: 2 / Double(images * positions))
    }
    return try zip(leaves, gradients(of: [output], weights: [slope], withRespectTo: leaves)).map {
      try $1 ?? $0.scaled(by: 0)
    }
  }
}
