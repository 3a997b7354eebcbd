import Datasets
import Foundations
import Network
import Torch
import Workloads

/// Batches with the class of each image.
public struct LabelledBatches: Sendable {
  /// Where they are from.
  public let dataset: Dataset
  /// Batches of examples.
  public let batches: [Inputs]
  /// The class of each example, or of each of its positions, over all batches; none for outputs that are values.
  public let labels: [Int]

  /// Names batches and their classes.
  public init(dataset: Dataset, batches: [Inputs], labels: [Int]) {
    self.dataset = dataset
    self.batches = batches
    self.labels = labels
  }

  /// The number of examples.
  public var count: Int { batches.reduce(0) { $0 + $1.count } }
}

/// Images divided into those that bits and roundings are chosen by, and those that the result is proven on.
public struct CompressionImages: Sendable {
  /// For statistics and calibration.
  public let chosenBy: Dataset
  /// For the accuracy that is searched for; nil where none is searched for.
  public let validation: LabelledBatches?
  /// For the accuracy that is reported; where there are no labels, the classes are those that the float network gives.
  public let proof: LabelledBatches
  /// Whether the proof's classes are labels.
  public let hasLabels: Bool
  /// Where the proof's images are from, in words.
  public let origin: String
  /// How many of the images kept for validation and proof are among those chosen by.
  public let sharedCount: Int
  /// The images of ``validation``, and of ``proof``.
  package let keptApart: (validation: Dataset?, proof: Dataset)

  /// The share of the images that is kept apart where no test images are given.
  private static let keptShare = 5

  /// Loads images.
  ///
  /// - Parameters:
  ///   - workload: the network that takes them.
  ///   - data: what bits and roundings are chosen by.
  ///   - test: nil keeps a fifth of the data apart.
  ///   - wantsValidation: whether an accuracy is searched for, which half of the proof's images then serve.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` where there are too few images, labels are needed and missing, or the images chosen by and
  ///   those of the proof have one in common.
  public init(
    _ workload: Workload, data: Dataset, test: Dataset?, wantsValidation: Bool, seed: UInt64,
    context: WorkContext
  ) throws {
    var kept: Dataset
    if let test {
      chosenBy = data
      kept = test
      origin = test.path
    } else {
      let count = data.count / Self.keptShare
      guard count >= 1 else {
        throw DatasetError(
          "\(data.path): has \(data.unit.counted(data.count)); \(Self.keptShare) or more are needed, of which a fifth is kept apart"
            + " for the proof", kind: .usage)
      }
      (kept, chosenBy) = data.divided(count, seed: seed)
      origin = "a fifth of \(data.path), kept apart"
    }
    let hasClasses = workload.network.objective == .classes
    let isLabelled = hasClasses && kept.isLabelled(for: workload.network)
    hasLabels = isLabelled
    guard isLabelled || !wantsValidation || !hasClasses else {
      throw DatasetError(
        "\(kept.path): has no labels, which the search for an accuracy needs; class subfolders, a labels.csv or an array"
          + " labels would give them", kind: .usage)
    }
    sharedCount = test == nil ? 0 : try kept.countShared(with: chosenBy, threads: context.threads)
    guard 2 * sharedCount <= kept.count else {
      throw DatasetError(
        "\(kept.path): \(sharedCount) of its \(kept.unit.counted(kept.count)) are among those of \(chosenBy.path), by which bits are"
          + " chosen; a proof needs \(kept.unit.plural) of its own", kind: .usage)
    }
    if sharedCount > 0 {
      context.notice(
        "\(sharedCount) of the \(kept.unit.counted(kept.count)) of \(kept.path) are among those of \(chosenBy.path), by which bits are"
          + " chosen; what is reported is not of unseen \(kept.unit.plural) alone")
    }
    func loaded(_ dataset: Dataset) throws -> LoadedExamples {
      try workload.examples(of: dataset, needsLabels: isLabelled, context: context)
    }
    if wantsValidation {
      guard kept.count >= 2 else {
        throw DatasetError(
          "\(kept.path): has \(kept.unit.counted(kept.count)); a search and its proof need more", kind: .usage
        )
      }
      let halves = kept.divided(kept.count / 2, seed: seed)
      let images = try loaded(halves.drawn)
      validation = LabelledBatches(dataset: images.dataset, batches: images.batches, labels: images.labels)
      keptApart = (halves.drawn, halves.others)
      kept = halves.others
    } else {
      validation = nil
      keptApart = (nil, kept)
    }
    let images = try loaded(kept)
    proof = LabelledBatches(
      dataset: images.dataset, batches: images.batches,
      labels: isLabelled || !hasClasses
        ? images.labels
        : try Evaluation(
          logits: workload.network.logits(batches: images.batches, threads: context.threads),
          labels: [], classCount: workload.network.classCount
        ).predictions)
  }
}
