import Benchmarks
import Datasets
import Foundations
import Quantization
import Workloads

/// A network with its images, ready to be measured.
public struct BenchmarkWorkload: Sendable {
  /// What measures.
  public let builder: BenchmarkBuilder
  /// Images that configurations are measured on.
  public let evaluation: BenchmarkDescription.ImageSet
  /// Images that ranges are found on.
  public let calibration: BenchmarkDescription.ImageSet
  /// Over how many views of each image divergence and agreement are means.
  public let views: Int
  /// The float network with its preprocessing.
  public let workload: Workload
  /// Examples that configurations are measured on, as the network takes them.
  public let evaluationExamples: LoadedExamples
  /// Examples that ranges are found on, as the network takes them.
  public let calibrationExamples: LoadedExamples
  private let model: String
  private let network: String

  /// Loads, calibrates and runs the float network.
  ///
  /// - Parameters:
  ///   - workload: the float network with its preprocessing.
  ///   - model: the name of the network's file.
  ///   - evaluation: examples that configurations are measured on.
  ///   - images: how many of the evaluation images; nil for all.
  ///   - views: over how many views of each image divergence and agreement, which need no labels, are means.
  ///   - calibration: examples that ranges and roundings are found on.
  ///   - options: how the network is quantized.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` where outputs are values, or labels are missing.
  public init(
    _ workload: Workload, model: String, evaluation: Dataset, images: Int?, views: Int = 1,
    calibration: Dataset, options: QuantizationOptions, context: WorkContext
  ) throws {
    guard views == 1 || evaluation.arrays == nil else {
      throw DatasetError(
        "\(evaluation.path): holds arrays; views are of images, so 1 of each example is possible",
        kind: .usage)
    }
    calibrationExamples = try workload.examples(of: calibration, needsLabels: false, context: context)
    evaluationExamples = try workload.examples(
      of: evaluation, needsLabels: true, limit: images, context: context)
    builder = try BenchmarkBuilder(
      quantization: workload.quantization(
        calibration: calibrationExamples, options: options, context: context),
      inputs: evaluationExamples.batches, labels: evaluationExamples.labels, views: views,
      threads: context.threads)
    self.workload = workload
    self.views = views
    self.evaluation = .init(
      path: Self.fileName(evaluation.path), digest: evaluation.digest, count: evaluationExamples.count)
    self.calibration = .init(
      path: Self.fileName(calibration.path), digest: calibration.digest, count: calibration.count)
    self.model = Self.fileName(model)
    network = try workload.network.digest()
  }

  /// What the rows of a benchmark of configurations have in common.
  public func description(of sampler: ConfigurationSampler) -> BenchmarkDescription {
    BenchmarkDescription(
      model: model, network: network, costs: builder.quantization.costs, evaluation: evaluation, views: views,
      calibration: calibration, weightBits: sampler.candidates, activationBits: sampler.activationCandidates,
      quantization: builder.quantization.options, design: sampler.design, seed: sampler.seed,
      // Of outputs that are values, none is right.
      floatTop1: builder.reference.top1.isFinite ? builder.reference.top1 : 0)
  }

  /// A path without its folders, which differ from machine to machine.
  private static func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
