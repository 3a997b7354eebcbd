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
  private let referenceLogits: [Tensor]
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
    referenceLogits = try quantization.network.logits(batches: images, threads: threads)
    reference = try Evaluation(logits: referenceLogits, labels: labels)
  }

  /// Measures one configuration.
  ///
  /// - Parameter prefixes: what is kept of configurations measured before.
  public func measure(
    _ configuration: BitConfiguration, role: BenchmarkRow.Role = .drawn, prefixes: PrefixCache? = nil
  ) throws -> BenchmarkRow {
    let start = Date()
    let quantized = try quantization.quantized(configuration, threads: threads)
    let logits =
      try prefixes?.logits(of: quantized, threads: threads)
      ?? quantized.logits(batches: images, threads: threads)
    let evaluation = try Evaluation(logits: logits, labels: labels)
    return BenchmarkRow(
      configuration: configuration, role: role, correct: evaluation.correct,
      agrees: zip(evaluation.predictions, reference.predictions).map { $0 == $1 },
      losses: evaluation.losses.map(Double.init),
      divergences: try zip(referenceLogits, logits).flatMap { try Self.divergences(of: $1, from: $0) },
      seconds: Date().timeIntervalSince(start))
  }

  /// Σ p (log p − log q) of each image, p from the reference's logits and q from the others.
  private static func divergences(of logits: Tensor, from reference: Tensor) throws -> [Double] {
    try withoutGradients {
      let p = try reference.converted(to: .float64).logSoftmax(dimension: 1)
      let q = try logits.converted(to: .float64).logSoftmax(dimension: 1)
      return try p.applying("exp").multiplied(by: p.subtracting(q)).sum(over: [1]).doubles()
    }
  }

  /// Measures the configurations that the store has no row of, and adds their rows one by one.
  ///
  /// Weights are rounded first and kept in the store. Configurations are measured in sorted order, so that those
  /// with the same first layers follow each other. Several processes may build the same benchmark.
  ///
  /// - Parameters:
  ///   - uniform: configurations that are measured as references.
  ///   - rounding: receives the progress of rounding.
  ///   - measuring: receives the progress of measuring.
  /// - Returns: whether all were measured; false where the user asked to stop.
  public func build(
    _ drawn: [BitConfiguration], uniform: [BitConfiguration] = [], store: some BenchmarkStore,
    rounding: ProgressHandler? = nil, measuring: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> Bool {
    let isDrawn = Set(drawn)
    let all = (isDrawn.union(uniform)).sorted {
      ($0.weightBits + $0.activationBits).lexicographicallyPrecedes($1.weightBits + $1.activationBits)
    }
    let builder = keepingWeights(in: store)
    if !quantization.options.isExact {
      let isRounded = try builder.quantization.prepare(
        all, threads: threads, progress: rounding, isCancelled: isCancelled)
      guard isRounded else { return false }
    }
    let choices = Double(max(2, Set(all.flatMap(\.weightBits)).count * Set(all.flatMap(\.activationBits)).count))
    let depth = 2 + Int((log(Double(max(1, all.count))) / log(choices)).rounded(.up))
    let prefixes = quantization.options.isExact ? nil : PrefixCache(batches: images, depth: depth)
    while true {
      if isCancelled() { return false }
      switch try store.claim(all) {
      case .nothing: return true
      case .wait: Thread.sleep(forTimeInterval: 0.2)
      case .configuration(let configuration):
        let row = try builder.measure(
          configuration, role: isDrawn.contains(configuration) ? .drawn : .uniform, prefixes: prefixes)
        try store.insert(row)
        measuring?(WorkProgress(completed: try store.configurations().intersection(all).count, total: all.count))
      }
    }
  }

  private func keepingWeights(in store: some WeightStore) -> BenchmarkBuilder {
    BenchmarkBuilder(self, quantization: quantization.keepingWeights(in: store))
  }

  private init(_ base: BenchmarkBuilder, quantization: PostTrainingQuantization) {
    self.quantization = quantization
    reference = base.reference
    referenceLogits = base.referenceLogits
    images = base.images
    labels = base.labels
    threads = base.threads
  }
}
