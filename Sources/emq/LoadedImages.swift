import Datasets
import Network
import Torch

/// Preprocessed images of a data set, checked against a network.
struct LoadedImages {
  /// Images a batch: enough for fast convolutions, few enough for large images.
  static func batchSize(_ shape: [Int]) -> Int { max(4, min(125, 2_000_000 / max(1, shape.reduce(1, *)))) }

  let dataset: Dataset
  let batches: [Tensor]
  /// The class of each image; empty where labels are not needed.
  let labels: [Int]

  /// Loads the first images of a data set.
  ///
  /// - Parameter limit: how many at most; nil for all.
  init(
    _ dataset: Dataset, network: Network, preprocessing: Preprocessing, needsLabels: Bool, limit: Int? = nil,
    threads: Int
  ) throws {
    let dataset = limit.map { dataset.prefix($0) } ?? dataset
    try network.requireImageShape(dataset.imageShape(preprocessing), from: dataset.path)
    labels = needsLabels ? try dataset.requireLabels(classCount: network.classCount) : []
    batches = try Console.withProgress("images of \(dataset.path)") { progress in
      try dataset.batches(
        of: Self.batchSize(network.inputShape), preprocessing: preprocessing, threads: threads,
        progress: progress
      ).map(\.images)
    }
    self.dataset = dataset
  }
}
