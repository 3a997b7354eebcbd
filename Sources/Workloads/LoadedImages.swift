import Datasets
import Foundations
import Network
import Torch

/// Preprocessed images of a data set, checked against a network.
public struct LoadedImages: Sendable {
  /// Images a batch: enough for fast convolutions, few enough for large images.
  public static func batchSize(_ shape: [Int]) -> Int {
    max(4, min(125, 2_000_000 / max(1, shape.reduce(1, *))))
  }

  /// Where they are from.
  public let dataset: Dataset
  /// Batches [N, channels, height, width].
  public let batches: [Tensor]
  /// The class of each image; empty where labels are not needed.
  public let labels: [Int]

  /// Loads the first images of a data set.
  ///
  /// - Parameter limit: how many at most; nil for all.
  /// - Throws: `DatasetError` or `NetworkError` where they do not fit the network.
  public init(
    _ dataset: Dataset, network: Network, preprocessing: Preprocessing, needsLabels: Bool, limit: Int? = nil,
    context: WorkContext
  ) throws {
    let dataset = limit.map { dataset.prefix($0) } ?? dataset
    try network.requireImageShape(dataset.imageShape(preprocessing), from: dataset.path)
    labels = needsLabels ? try dataset.requireLabels(classCount: network.classCount) : []
    batches = try context.stage("images of \(dataset.path)") { progress in
      try dataset.batches(
        of: Self.batchSize(network.inputShape), preprocessing: preprocessing, threads: context.threads,
        progress: progress
      ).map(\.images)
    }
    self.dataset = dataset
  }
}
