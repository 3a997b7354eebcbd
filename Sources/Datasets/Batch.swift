import Foundations
import Torch

/// Images that a network sees together.
public struct Batch: Sendable {
  /// [N, channels, height, width], float32.
  public let images: Tensor
  /// The class of each image; empty where the data has none.
  public let labels: [Int]

  /// Makes a batch.
  public init(images: Tensor, labels: [Int]) {
    self.images = images
    self.labels = labels
  }

  /// The labels as a tensor [N] of int64.
  public func labelTensor() throws -> Tensor {
    try Tensor(labels.map { Int64($0) }, shape: [labels.count])
  }
}

extension Dataset {
  /// Decodes and preprocesses all images once, in batches of `batchSize` (the last may be smaller).
  ///
  /// - Throws: ``DatasetError`` naming the first image that cannot be read or differs in shape.
  public func batches(
    of batchSize: Int, preprocessing: Preprocessing, threads: Int, progress: ProgressHandler? = nil
  ) throws -> [Batch] {
    guard count > 0 else { throw DatasetError("\(path): holds no images") }
    let size = max(1, batchSize)
    let labels = self.labels
    let shape = try preprocessing.apply(image(at: 0), name: name(at: 0)).shape
    let counter = ProgressCounter(total: (count + size - 1) / size, handler: progress)
    return try parallelTensorMap(count: (count + size - 1) / size, threads: threads) { batch in
      defer { counter.advance() }
      let range = batch * size..<min(count, (batch + 1) * size)
      return try self.batch(
        range.map { $0 }, shape: shape, preprocessing: preprocessing, labels: labels)
    }
  }

  private func batch(
    _ indices: [Int], shape: [Int], preprocessing: Preprocessing, labels: [Int]?
  ) throws -> Batch {
    var values: [Float] = []
    values.reserveCapacity(indices.count * shape.reduce(1, *))
    for index in indices {
      let image = try preprocessing.apply(image(at: index), name: name(at: index))
      guard image.shape == shape else {
        throw DatasetError(
          "\(name(at: index)): has shape \(image.shape) after preprocessing, but the first image has \(shape);"
            + " resizing and cropping make them alike")
      }
      values += image.values
    }
    return Batch(
      images: try Tensor(values, shape: [indices.count] + shape).channelsLast(),
      labels: labels.map { all in indices.map { all[$0] } } ?? [])
  }

  /// One image's shape [channels, height, width] after preprocessing.
  public func imageShape(_ preprocessing: Preprocessing) throws -> [Int] {
    guard count > 0 else { throw DatasetError("\(path): holds no images") }
    return try preprocessing.apply(image(at: 0), name: name(at: 0)).shape
  }
}
