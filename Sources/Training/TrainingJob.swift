import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Workloads

/// A small network that is trained from nothing on labelled images, and written as ONNX.
///
///     let job = try TrainingJob(.resnet, data: train, test: test, preprocessing: preprocessing, context: context)
///     let top1 = try job.run(writing: "resnet.onnx")
public struct TrainingJob {
  private let network: Network
  private let options: TrainingOptions
  private let preprocessing: Preprocessing
  private let images: [Float]
  private let labels: [Int]
  private let test: LoadedExamples?
  private let context: WorkContext

  /// Loads images and draws the weights.
  ///
  /// - Parameters:
  ///   - architecture: the network.
  ///   - data: labelled images to train on.
  ///   - test: labelled images to measure accuracies on; nil for none.
  ///   - preprocessing: what is done to images.
  ///   - options: how it is trained.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` where labels are missing or images do not fit.
  public init(
    _ architecture: Architecture, data: Dataset, test: Dataset? = nil, preprocessing: Preprocessing,
    options: TrainingOptions = TrainingOptions(), context: WorkContext
  ) throws {
    let classes = (try data.requireLabels(classCount: .max).max() ?? 0) + 1
    let model = architecture.model(
      inputShape: try data.imageShape(preprocessing), classes: classes, seed: options.seed)
    let network = try Network(model, name: architecture.rawValue)
    labels = try data.requireLabels(classCount: classes)
    images = try data.batches(of: 1000, preprocessing: preprocessing, threads: context.threads)
      .flatMap { try $0.images.floats() }
    self.test = try test.map {
      try LoadedExamples(
        $0, network: network, preprocessing: preprocessing, needsLabels: true, context: context)
    }
    self.network = network
    self.options = options
    self.preprocessing = preprocessing
    self.context = context
  }

  private func accuracy(_ network: Network) throws -> Double? {
    try test.map {
      try Evaluation(
        logits: network.logits(batches: $0.batches, threads: context.threads), labels: $0.labels,
        classCount: network.classCount
      ).top1
    }
  }

  /// Trains, with a checkpoint beside the file that the same job resumes with, and writes the network.
  ///
  /// - Parameters:
  ///   - path: the file to write.
  ///   - measuresEpochs: whether the accuracy is measured, and said, after each epoch.
  /// - Returns: the accuracy on the test images, 0 to 1; nil without.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `FileError` where the checkpoint is of something else.
  public func run(writing path: String, measuresEpochs: Bool = false) throws -> Double? {
    var trainer = Trainer(network: network, options: options)
    func described(_ trainer: Trainer) throws -> String {
      try accuracy(trainer.network).map { String(format: ", top-1 %.2f %%", 100 * $0) } ?? ""
    }
    let checkpoint = path + ".checkpoint"
    try trainer.run(
      epochs: options.epochs, images: images, labels: labels, checkpoint: checkpoint, context: context,
      measuring: measuresEpochs ? described : nil)
    var trained = try trainer.network.modelWithConstants()
    try trained.keep(preprocessing)
    try trained.write(to: path)
    try FileManager.default.removeItem(atPath: checkpoint)
    return try accuracy(trainer.network)
  }
}
