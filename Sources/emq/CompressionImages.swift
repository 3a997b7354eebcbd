import ArgumentParser
import Datasets
import Network

/// Images divided into those that bits and roundings are chosen by, and those that the result is proven on.
struct CompressionImages {
  /// For statistics and calibration.
  let chosenBy: Dataset
  /// For the accuracy that is searched for; nil where none is searched for.
  let validation: LoadedImages?
  /// For the accuracy that is reported.
  let proof: LoadedImages
  /// Classes of the proof's images; where there are no labels, those that the float network gives.
  let proofLabels: [Int]
  /// Whether the proof's classes are labels.
  let hasLabels: Bool
  /// Where the proof's images are from, in words.
  let origin: String

  /// The share of the images that is kept apart where no test images are given.
  private static let keptShare = 5

  /// - Parameter wantsValidation: whether an accuracy is searched for, which half of the proof's images then serve.
  init(
    data: String, test: String?, wantsValidation: Bool, network: Network, preprocessing: Preprocessing,
    common: CommonOptions
  ) throws {
    let all = try Dataset.open(data)
    var kept: Dataset
    if let test {
      chosenBy = all
      kept = try Dataset.open(test)
      origin = test
    } else {
      let count = all.count / Self.keptShare
      guard count >= 1 else {
        throw DatasetError(
          "\(data): has \(all.count) images; \(Self.keptShare) or more are needed, of which a fifth is kept apart for"
            + " the proof", kind: .usage)
      }
      (kept, chosenBy) = all.divided(count, seed: common.seed)
      origin = "a fifth of \(data), kept apart"
    }
    guard kept.labels != nil || !wantsValidation else {
      throw DatasetError(
        "\(kept.path): has no labels, which --accuracy-drop needs; class subfolders or a labels.csv would give them",
        kind: .usage)
    }
    func loaded(_ dataset: Dataset) throws -> LoadedImages {
      try LoadedImages(
        dataset, network: network, preprocessing: preprocessing, needsLabels: dataset.labels != nil,
        threads: common.threads)
    }
    if wantsValidation {
      guard kept.count >= 2 else {
        throw DatasetError(
          "\(kept.path): has \(kept.count) images; a search and its proof need more", kind: .usage)
      }
      let halves = kept.divided(kept.count / 2, seed: common.seed)
      validation = try loaded(halves.drawn)
      kept = halves.others
    } else {
      validation = nil
    }
    proof = try loaded(kept)
    hasLabels = kept.labels != nil
    proofLabels =
      hasLabels
      ? proof.labels
      : try Evaluation(
        logits: network.logits(batches: proof.batches, threads: common.threads),
        labels: [Int](repeating: 0, count: kept.count)
      ).predictions
  }
}
