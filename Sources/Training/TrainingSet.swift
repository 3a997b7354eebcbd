import Datasets
import Foundations
import Network
import Torch

/// Labelled images to learn from, preprocessed, and how a step goes over some of them.
struct TrainingSet: Sendable {
  /// Images one after the other, channel-major.
  let images: [Float]
  /// The class of each.
  let labels: [Int]
  /// One image's shape: [channels, height, width].
  let shape: [Int]
  /// Random changes to images.
  let augmentation: Augmentation
  /// The seed of everything random.
  let seed: UInt64

  /// The order that an epoch goes over the images in.
  func order(epoch: Int) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: "training order", index: UInt64(epoch))
    return Array(labels.indices).shuffled(using: &stream)
  }

  /// What the loss of a share of a step's images is computed from.
  struct Share {
    /// Images [N, channels, height, width], changed at random.
    let input: Tensor
    /// Their classes [N], int64.
    let labels: Tensor
    /// The parameters, which gradients are taken of.
    let parameters: [Tensor]
  }

  /// What a step finds out.
  struct StepResult: Sendable {
    /// The mean loss over the images.
    let loss: Double
    /// Its gradient by each parameter; nil where the loss does not depend on it.
    let gradients: [Tensor?]
    /// The statistics of batch norms over each share.
    let statistics: [[Int: BatchStatistics]]
  }

  /// The loss of some images and its gradients.
  ///
  /// Images are split into shares, each computed on one thread with batch norms over its own images, and shares are
  /// summed in their order, so the result does not depend on how many threads there are.
  /// - Parameters:
  ///   - batch: the images' indices.
  ///   - size: images a share.
  ///   - loss: the mean loss of a share's images, and the statistics of batch norms over them.
  func step(
    _ batch: [Int], epoch: Int, parameters: [Tensor], shareSize size: Int, threads: Int,
    loss: @Sendable (Share) throws -> (loss: Tensor, statistics: [Int: BatchStatistics])
  ) throws -> StepResult {
    let shares = stride(from: 0, to: batch.count, by: size).map {
      Array(batch[$0..<min(batch.count, $0 + size)])
    }
    let results = try parallelTensorMap(count: shares.count, threads: threads) { position in
      let indices = shares[position]
      let share = Share(
        input: try input(indices, epoch: epoch),
        labels: try Tensor(indices.map { Int64(labels[$0]) }, shape: [indices.count]),
        parameters: try parameters.map { try $0.trackingGradients() })
      let found = try loss(share)
      let weighted = try found.loss.scaled(by: Double(indices.count) / Double(batch.count))
      return StepResult(
        loss: try weighted.item(),
        gradients: try gradients(of: [weighted], withRespectTo: share.parameters),
        statistics: [found.statistics])
    }
    let sums = try parameters.indices.map { position in
      let parts = results.compactMap { $0.gradients[position] }
      return try parts.dropFirst().reduce(parts.first) { try $0?.adding($1) }
    }
    return StepResult(
      loss: results.map(\.loss).reduce(0, +), gradients: sums, statistics: results.flatMap(\.statistics))
  }

  private func input(_ indices: [Int], epoch: Int) throws -> Tensor {
    let size = shape.reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(indices.count * size)
    for index in indices {
      values += augmentation.apply(
        images[index * size..<(index + 1) * size], shape: shape, seed: seed, epoch: epoch, index: index)
    }
    return try Tensor(values, shape: [indices.count] + shape)
  }
}
