import Foundation
import Network
import Quantization
import Support
import Torch

/// Measures bit configurations of one network on evaluation images.
public struct BenchmarkBuilder: Sendable {
  /// The network, calibrated.
  public let quantization: PostTrainingQuantization
  /// What the float network makes of the evaluation images.
  public let reference: Evaluation
  private let images: [Tensor]
  private let labels: [Int]
  private let threads: Int

  /// Makes a builder and runs the float network.
  ///
  /// - Parameters:
  ///   - images: batches of preprocessed evaluation images.
  ///   - labels: the class of each image, over all batches.
  public init(
    quantization: PostTrainingQuantization, images: [Tensor], labels: [Int], threads: Int
  ) throws {
    self.quantization = quantization
    self.images = images
    self.labels = labels
    self.threads = threads
    reference = try Evaluation(
      logits: quantization.network.logits(batches: images, threads: threads), labels: labels)
  }

  /// Measures one configuration.
  public func measure(_ configuration: BitConfiguration) throws -> BenchmarkRow {
    let start = Date()
    let logits = try quantization.quantized(configuration, threads: threads).logits(batches: images, threads: threads)
    let evaluation = try Evaluation(logits: logits, labels: labels)
    let equal = zip(evaluation.predictions, reference.predictions).count { $0 == $1 }
    return BenchmarkRow(
      configuration: configuration, top1: evaluation.top1, loss: evaluation.loss,
      agreement: Double(equal) / Double(max(1, labels.count)), correct: evaluation.correct,
      seconds: Date().timeIntervalSince(start))
  }

  /// Measures the configurations that the store has no row of, and adds their rows one by one.
  ///
  /// - Returns: whether all were measured; false where the user asked to stop.
  public func build(
    _ configurations: [BitConfiguration], store: some BenchmarkStore, progress: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> Bool {
    let known = try store.configurations()
    var done = configurations.count { known.contains($0) }
    for configuration in configurations where !known.contains(configuration) {
      if isCancelled() { return false }
      try store.insert(measure(configuration))
      done += 1
      progress?(WorkProgress(completed: done, total: configurations.count))
    }
    return true
  }
}
