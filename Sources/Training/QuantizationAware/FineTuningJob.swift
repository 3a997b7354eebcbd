import BitModel
import Datasets
import Foundation
import Foundations
import Network
import Quantization
import Torch
import Workloads

/// A network that is quantized and then trained further on labelled images.
///
///     let job = try FineTuningJob(workload, bits, data: train, calibration: train, quantization: options, context: context)
///     let outcome = try job.run(checkpoint: "small.onnx.checkpoint") { try $0.model().write(to: "small.onnx") }
public struct FineTuningJob {
  private let workload: Workload
  private let quantization: PostTrainingQuantization
  private let quantized: QuantizedNetwork
  private let data: Dataset
  private let preprocessing: Preprocessing
  private let labels: [Int]
  private let test: LoadedExamples?
  private let calibrationCount: Int
  private let options: FineTuningOptions
  private let context: WorkContext

  /// Accuracies on the test images, 0 to 1.
  public typealias Accuracies = (float: Double, start: Double, end: Double)

  /// What training came to.
  public struct Outcome: Sendable {
    /// Steps taken in all.
    public let steps: Int
    /// The mean loss of each epoch.
    public let losses: [Double]
    /// Those of the float network, the quantized one before training, and after it; nil without test images.
    public let accuracies: Accuracies?
  }

  /// Loads images and quantizes.
  ///
  /// - Parameters:
  ///   - workload: the float network with its preprocessing.
  ///   - configuration: the bits of each layer.
  ///   - data: labelled images to train on.
  ///   - test: labelled images to measure accuracies on; nil for none.
  ///   - calibration: images to calibrate on.
  ///   - quantization: how the network is quantized to begin with.
  ///   - options: how it is trained.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` where labels are missing, images do not fit or are fewer than a step's.
  public init(
    _ workload: Workload, _ configuration: BitConfiguration, data: Dataset, test: Dataset? = nil,
    calibration: Dataset, quantization: QuantizationOptions, options: FineTuningOptions, context: WorkContext
  ) throws {
    guard workload.network.objective == .classes, !workload.network.hasPositions, data.arrays == nil,
      let preprocessing = workload.preprocessing
    else {
      throw DatasetError(
        "\(workload.name): fine-tuning takes networks that classify images, and labelled images", kind: .usage
      )
    }
    self.preprocessing = preprocessing
    labels = try data.requireLabels(classCount: workload.network.classCount)
    guard labels.count >= options.batchSize else {
      throw DatasetError(
        "\(data.path): \(labels.count) images are fewer than the \(options.batchSize) of a step", kind: .usage
      )
    }
    let images = try workload.examples(of: calibration, needsLabels: false, context: context)
    self.test = try test.map { try workload.examples(of: $0, needsLabels: true, context: context) }
    self.quantization = try workload.quantization(
      calibration: images, options: quantization, context: context)
    quantized = try self.quantization.quantized(configuration, context: context)
    calibrationCount = calibration.count
    self.workload = workload
    self.data = data
    self.options = options
    self.context = context
  }

  private func top1(_ logits: ([Inputs]) throws -> [Tensor]) throws -> Double? {
    try test.map {
      try Evaluation(logits: logits($0.batches), labels: $0.labels, classCount: workload.network.classCount)
        .top1
    }
  }

  /// Trains, with a checkpoint that the same job resumes with and that goes when the result is written.
  ///
  /// - Parameters:
  ///   - checkpoint: the file to resume with.
  ///   - measuresEpochs: whether the accuracy is measured, and said, after each epoch.
  ///   - write: keeps the result.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `FileError` where the checkpoint is of something else.
  public func run(
    checkpoint: String, measuresEpochs: Bool = false, write: (QuantizedNetwork) throws -> Void
  ) throws -> Outcome {
    let threads = context.threads
    let start = try top1 { try quantized.logits(batches: $0, threads: threads) }
    start.map { context.detail(String(format: "before training: top-1 %.2f %%", 100 * $0)) }
    let network = workload.network
    let images = try data.batches(of: 1000, preprocessing: preprocessing, threads: threads)
      .flatMap { try $0.images.floats() }
    var tuner = try FineTuner(
      quantized, of: quantization, original: network, options: options, images: images, labels: labels,
      identity: "\(network.digest()) \(data.digest) \(preprocessing) \(quantization.options)"
        + " \(calibrationCount)")
    func described(_ tuner: FineTuner) throws -> String {
      try top1({ try tuner.quantized().logits(batches: $0, threads: threads) })
        .map { String(format: ", top-1 %.2f %%", 100 * $0) } ?? ""
    }
    try tuner.run(
      epochs: options.epochs, checkpoint: checkpoint, context: context,
      measuring: measuresEpochs ? described : nil)
    let result = try tuner.quantized()
    try write(result)
    let end = try top1 { try result.logits(batches: $0, threads: threads) }
    let float = try top1 { try quantization.network.logits(batches: $0, threads: threads) }
    try? FileManager.default.removeItem(atPath: checkpoint)
    var accuracies: Accuracies?
    if let float, let start, let end { accuracies = (float, start, end) }
    return Outcome(steps: tuner.completedSteps, losses: tuner.epochLosses, accuracies: accuracies)
  }
}
