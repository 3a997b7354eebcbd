import Datasets
import Foundations
import Network
import Torch

/// Examples of a data set as a network takes them, checked against it.
public struct LoadedExamples: Sendable {
  /// Examples a batch: enough for fast convolutions, few enough for large images.
  public static func batchSize(_ shape: [Int]) -> Int {
    max(4, min(125, 2_000_000 / max(1, shape.reduce(1, *))))
  }

  /// Where they are from, in the order of the batches.
  public let dataset: Dataset
  /// Batches, each of examples of one shape.
  public let batches: [Inputs]
  /// The class of each example, or of each of its positions; empty where labels are not needed.
  public let labels: [Int]
  /// The same of each batch.
  let labelsOfBatches: [[Int]]
  /// Whether images lie in memory with their channels next to each other, which sums may depend on in the last digit.
  public let areChannelsLast: Bool

  /// The number of examples.
  public var count: Int { batches.reduce(0) { $0 + $1.count } }

  /// Loads the first examples of a data set.
  ///
  /// - Parameters:
  ///   - dataset: where they are from.
  ///   - network: what takes them.
  ///   - preprocessing: what is done to images; nil where none is known, for other data.
  ///   - needsLabels: whether missing labels are an error.
  ///   - limit: how many at most; nil for all.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` or `NetworkError` where they do not fit the network.
  public init(
    _ dataset: Dataset, network: Network, preprocessing: Preprocessing?, needsLabels: Bool, limit: Int? = nil,
    context: WorkContext
  ) throws {
    let dataset = limit.map { dataset.prefix($0) } ?? dataset
    func labels(of dataset: Dataset, _ batches: [Inputs]) throws -> [[Int]] {
      guard needsLabels, network.objective == .classes else { return [] }
      guard !network.hasPositions else { throw dataset.missingLabels(of: network) }
      let all = try dataset.requireLabels(classCount: network.classCount)
      var first = 0
      return batches.map { batch in
        defer { first += batch.count }
        return Array(all[first..<first + batch.count])
      }
    }
    if dataset.arrays != nil {
      areChannelsLast = false
      let size = Self.arrayBatchSize(network)
      if network.hasPositions, let known = try dataset.positionLabels(of: network, batchSize: size) {
        self.dataset = dataset
        batches = try zip(InputArrays(dataset, network: network).batches(of: size), known).map {
          try $0.ignoring($1)
        }
        labelsOfBatches = needsLabels ? known : []
        self.labels = labelsOfBatches.flatMap(\.self)
        return
      }
      let plain = try InputArrays(dataset, network: network)
      if let masked = try MaskedLengths(dataset, network: network), try masked.changesNothing(of: network) {
        self.dataset = masked.dataset
        batches = try masked.batches(of: size, network: network)
      } else {
        self.dataset = dataset
        batches = try plain.batches(of: size)
      }
      labelsOfBatches = try labels(of: self.dataset, batches)
      self.labels = labelsOfBatches.flatMap(\.self)
      return
    }
    guard let preprocessing else { throw PreprocessingRequest.unknown }
    let shape = try dataset.imageShape(preprocessing)
    try network.requireImageShape(shape, from: dataset.path)
    self.dataset = dataset
    let isChannelsLast = network.inputs[0].takesChannelsLast(shape)
    areChannelsLast = !isChannelsLast
    batches = try context.stage("images of \(dataset.path)") { progress in
      try dataset.batches(
        of: Self.batchSize(network.inputShape), preprocessing: preprocessing, threads: context.threads,
        progress: progress
      ).map {
        let images = try isChannelsLast ? $0.images.permuted([0, 2, 3, 1]).contiguous() : $0.images
        return Inputs(try images.converted(to: network.inputs[0].elementType))
      }
    }
    labelsOfBatches = try labels(of: dataset, batches)
    self.labels = labelsOfBatches.flatMap(\.self)
  }

  /// Fewer examples where a network makes much of each, as one of tokens does.
  private static func arrayBatchSize(_ network: Network) -> Int {
    let activations = network.layers.map { $0.outputShape.reduce(1, *) }.max() ?? 1
    return max(4, min(32, 4_000_000 / max(1, activations)))
  }
}
