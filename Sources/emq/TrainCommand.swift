import ArgumentParser
import Datasets
import Foundation
import Reports
import Training

extension Architecture: ExpressibleByArgument {}

struct TrainCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a small network from nothing.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq train --architecture resnet --data /usr/share/datasets/fashion-mnist#train
          --test /usr/share/datasets/fashion-mnist#test --preset fashion-mnist -o resnet.onnx

      Resumes from <output>.checkpoint where that is there; Ctrl-C keeps the epochs done.

      JSON:
        epochs, seconds, output
        top1: of the test images, null without
      """
    ).rendered())

  @Option(help: "plain, resnet, mobilenet, densenet, senet, transformer or lstm.")
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

  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let start = Date()
    let options = TrainingOptions(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, weightDecay: weightDecay,
      seed: common.seed)
    let top1 = try TrainingJob(
      architecture, data: Dataset.open(data), test: test.map { try Dataset.open($0) },
      preprocessing: preprocessing.preprocessing(for: nil), options: options, context: common.context
    ).run(writing: output, measuresEpochs: common.work.messages.verbose)
    try common.print(
      TrainingReport(epochs: epochs, top1: top1, seconds: Date().timeIntervalSince(start), output: output))
  }
}
