import ArgumentParser
import Datasets
import Foundation
import Network
import Reports
import Training
import Workloads

extension Architecture: ExpressibleByArgument {}

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a small network from nothing.",
    discussion: """
      Example: emq train --architecture resnet --data /usr/share/datasets/fashion-mnist#train \\
                 --test /usr/share/datasets/fashion-mnist#test --preset fashion-mnist -o resnet.onnx

      Resumes from <output>.checkpoint where that is there; Ctrl-C keeps the epochs done.
      JSON: epochs, top1 (of the test images, null without), seconds, output.
      """)

  @Option(help: "resnet (16 quantizable layers) or mobilenet (21).")
  var architecture: Architecture

  @Option(help: "Labelled training images.")
  var data: String

  @Option(help: "Labelled images to measure the accuracy on, after each epoch with -v and at the end.")
  var test: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @Option(help: "Passes over the training images.")
  var epochs = 12

  @Option(help: "Images a step.")
  var batchSize = 128

  @Option(help: "The learning rate's peak.")
  var learningRate = 0.2

  @Option(help: "The factor of the weights' squared norm.")
  var weightDecay = 5e-4

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard epochs >= 1, batchSize >= 2, learningRate > 0, weightDecay >= 0 else {
      throw ValidationError("--epochs and --learning-rate must be positive, --batch-size 2 or more")
    }
  }

  func run() throws {
    let (start, context) = (Date(), common.context)
    let dataset = try Dataset.open(data)
    let preprocessing = try preprocessing.preprocessing(for: nil)
    let shape = try dataset.imageShape(preprocessing)
    let classes = (try dataset.requireLabels(classCount: .max).max() ?? 0) + 1
    let model = architecture.model(inputShape: shape, classes: classes, seed: common.seed)
    let network = try Network(model, name: architecture.rawValue)
    let options = TrainingOptions(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, weightDecay: weightDecay,
      seed: common.seed)
    var trainer = Trainer(network: network, options: options)
    let labels = try dataset.requireLabels(classCount: classes)
    let images = try dataset.batches(of: 1000, preprocessing: preprocessing, threads: common.threads)
      .flatMap { try $0.images.floats() }
    let testImages = try test.map {
      try LoadedImages(
        Dataset.open($0), network: network, preprocessing: preprocessing, needsLabels: true, context: context)
    }
    func accuracy(_ trainer: Trainer) throws -> Double? {
      try testImages.map {
        try Evaluation(
          logits: trainer.network.logits(batches: $0.batches, threads: common.threads), labels: $0.labels
        ).top1
      }
    }
    func described(_ trainer: Trainer) throws -> String {
      try accuracy(trainer).map { String(format: ", top-1 %.2f %%", 100 * $0) } ?? ""
    }
    let checkpoint = output + ".checkpoint"
    try trainer.run(
      epochs: epochs, images: images, labels: labels, checkpoint: checkpoint, context: context,
      measuring: common.work.verbose ? described : nil)
    var trained = try trainer.network.modelWithConstants()
    try trained.keep(preprocessing)
    try trained.write(to: output)
    try FileManager.default.removeItem(atPath: checkpoint)
    try common.print(
      TrainingReport(
        epochs: epochs, top1: accuracy(trainer), seconds: Date().timeIntervalSince(start), output: output))
  }
}
