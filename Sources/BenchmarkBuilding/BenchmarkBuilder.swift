import Benchmarks
import BitModel
import Foundation
import Foundations
import Network
import Quantization
import Torch

/// Measures bit configurations of one network on evaluation images.
public struct BenchmarkBuilder: Sendable {
  /// The network, calibrated.
  public let quantization: PostTrainingQuantization
  /// What the float network makes of the evaluation images.
  public let reference: Evaluation
  private let referenceLogits: [Tensor]
  /// Batches of evaluation images; where further views of them count too, these follow.
  private let inputs: [Inputs]
  private let comparison: OutputComparison
  private let imageBatchCount: Int
  private let exampleCount: Int
  private let labels: [Int]
  private let threads: Int

  /// Makes a builder and runs the float network.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how it is quantized.
  ///   - inputs: batches of evaluation examples.
  ///   - labels: the class of each image, or of each of its positions, over all batches; none for outputs that are values.
  ///   - views: over how many views of each image divergence and agreement, which need no labels, are means.
  ///   - threads: how many run at once.
  public init(
    quantization: PostTrainingQuantization, inputs: [Inputs], labels: [Int], views: Int = 1,
    threads: Int
  ) throws {
    self.quantization = quantization
    self.inputs =
      views > 1
      ? try ImageView.first(views).flatMap { view in
        try inputs.map { try $0.replacingFirst(view.apply($0.tensors[0])) }
      } : inputs
    imageBatchCount = inputs.count
    exampleCount = inputs.reduce(0) { $0 + $1.count }
    self.labels = labels
    self.threads = threads
    referenceLogits = try quantization.network.logits(batches: self.inputs, threads: threads)
    reference = try Evaluation(
      logits: Array(referenceLogits.prefix(inputs.count)), labels: labels,
      classCount: quantization.network.classCount)
    comparison = try OutputComparison(quantization.network, references: referenceLogits)
  }

  /// Measures one configuration.
  ///
  /// - Parameters:
  ///   - configuration: the bits of each layer.
  ///   - role: what the row is for.
  ///   - prefixes: what is kept of configurations measured before.
  public func measure(
    _ configuration: BitConfiguration, role: BenchmarkRow.Role = .drawn, prefixes: PrefixCache? = nil
  ) throws -> BenchmarkRow {
    let start = Date()
    let quantized = try quantization.quantized(configuration, threads: threads)
    let logits =
      try prefixes?.logits(of: quantized, threads: threads)
      ?? quantized.logits(batches: inputs, threads: threads)
    let network = quantization.network
    let evaluation = try Evaluation(
      logits: Array(logits.prefix(imageBatchCount)), labels: labels, classCount: network.classCount)
    let comparisons = try zip(referenceLogits, logits).flatMap { try compared(of: $1, with: $0) }
    let viewCount = comparisons.count / max(1, exampleCount)
    func mean(_ value: ((divergence: Double, agreement: Double)) -> Double) -> [Double] {
      (0..<exampleCount).map { image in
        let sum = (0..<viewCount).reduce(0.0) { $0 + value(comparisons[$1 * exampleCount + image]) }
        return sum / Double(max(1, viewCount))
      }
    }
    let divergences = mean(\.divergence)
    // Nothing is right or wrong of outputs that are values, nor of an example of several positions as a whole.
    let hasClasses = network.objective == .classes
    var row = BenchmarkRow(
      configuration: configuration, role: role,
      correct: hasClasses && !network.hasPositions ? evaluation.correct : divergences.map { _ in false },
      agreements: mean(\.agreement),
      losses: hasClasses ? evaluation.byExample(evaluation.losses.map(Double.init)) : divergences,
      divergences: divergences, seconds: Date().timeIntervalSince(start))
    if network.hasPositions { row.top1 = evaluation.top1 }
    return row
  }

  /// For each example, the divergence from the reference's outputs, and whether both have the same greatest one, the share of
  /// its positions where it has several; of values the cosine.
  private func compared(
    of logits: Tensor, with reference: Tensor
  ) throws -> [(divergence: Double, agreement: Double)] {
    try withoutGradients {
      let divergences = try comparison.divergences(of: logits, from: reference).doubles()
      guard comparison.objective == .classes else {
        return try Array(zip(divergences, OutputFidelity.cosines(logits, reference).doubles()))
      }
      let classCount = quantization.network.classCount
      func greatest(_ outputs: Tensor) throws -> [Int64] {
        let logarithms = try outputs.converted(to: .float64).classRows(classCount).logSoftmax(dimension: 1)
        return try Tensor.single("aten::argmax", [.tensor(logarithms), .int(1)]).integers()
      }
      let equal = try zip(greatest(reference), greatest(logits)).map { $0 == $1 ? 1.0 : 0 }
      let agreements = try Tensor(equal, shape: [equal.count]).meanOfPositions(
        reference, classCount: classCount)
      return try Array(zip(divergences, agreements.doubles()))
    }
  }

  /// The order in which configurations are measured: those with the same first layers follow each other.
  public static func isMeasuredBefore(_ first: BitConfiguration, _ second: BitConfiguration) -> Bool {
    (first.weightBits + first.activationBits).lexicographicallyPrecedes(
      second.weightBits + second.activationBits)
  }

  /// Measures the configurations that the store has no row of, and adds their rows one by one.
  ///
  /// Weights are rounded first and kept in the store. Configurations are measured in sorted order, so that those
  /// with the same first layers follow each other. Several processes may build the same benchmark.
  ///
  /// - Parameters:
  ///   - drawn: configurations that proxies are ranked on.
  ///   - uniform: configurations that are measured as references.
  ///   - store: where rows and rounded weights are kept.
  ///   - rounding: receives the progress of rounding.
  ///   - measuring: receives the progress of measuring.
  ///   - isCancelled: whether the user asked to stop.
  /// - Returns: whether all were measured; false where the user asked to stop.
  public func build(
    _ drawn: [BitConfiguration], uniform: [BitConfiguration] = [], store: some BenchmarkStore,
    rounding: ProgressHandler? = nil, measuring: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> Bool {
    let isDrawn = Set(drawn)
    let all = (isDrawn.union(uniform)).sorted(by: Self.isMeasuredBefore)
    let builder = keepingWeights(in: store)
    if !quantization.options.isSequential {
      let isRounded = try builder.quantization.prepare(
        all, threads: threads, progress: rounding, isCancelled: isCancelled)
      guard isRounded else { return false }
    }
    let choices = Double(
      max(2, Set(all.flatMap(\.weightBits)).count * Set(all.flatMap(\.activationBits)).count))
    let depth = 2 + Int((log(Double(max(1, all.count))) / log(choices)).rounded(.up))
    let prefixes = quantization.options.isSequential ? nil : PrefixCache(batches: inputs, depth: depth)
    while true {
      if isCancelled() { return false }
      switch try store.claim(all) {
      case .nothing: return true
      case .wait: Thread.sleep(forTimeInterval: 0.2)
      case .configuration(let configuration):
        let row = try builder.measure(
          configuration, role: isDrawn.contains(configuration) ? .drawn : .uniform, prefixes: prefixes)
        try store.insert(row)
        measuring?(
          WorkProgress(completed: try store.configurations().intersection(all).count, total: all.count))
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
    inputs = base.inputs
    comparison = base.comparison
    exampleCount = base.exampleCount
    imageBatchCount = base.imageBatchCount
    labels = base.labels
    threads = base.threads
  }
}
