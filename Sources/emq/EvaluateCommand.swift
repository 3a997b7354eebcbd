import ArgumentParser
import Benchmarks
import Datasets
import Foundation
import Network
import ONNX
import ONNXRuntime
import Reports
import Torch
import Workloads

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a network's accuracy on labelled images.",
    discussion: """
      Example: emq evaluate model.onnx --data test.npz --preset cifar10

      JSON: top1 and top5 (shares, 0 to 1), loss (mean cross-entropy, nats), images, seconds (forward passes
      only), standard_error (of top1). With --onnx-runtime also onnx_runtime_top1, equal_predictions (a share) and
      largest_difference (of logits, relative to the largest one).
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Labelled images: a .npz file, IDX (folder#test), or a folder of images.")
  var data: String

  @Option(help: "Use the first N images only.")
  var images: Int?

  @Flag(help: "Run the file in ONNX Runtime too, and compare.")
  var onnxRuntime = false

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = try Model(contentsOf: model.model)
    let preprocessing = try preprocessing.preprocessing(for: source)
    // Folded batch norms give the same logits in less time.
    let network = try model.network(of: source.foldingBatchNormalization())
    let loaded = try LoadedImages(
      Dataset.open(data), network: network, preprocessing: preprocessing,
      needsLabels: true, limit: images, context: common.context)
    let start = Date()
    let logits = try common.context.stage("evaluate") {
      try network.logits(batches: loaded.batches, threads: common.threads, progress: $0)
    }
    let seconds = Date().timeIntervalSince(start)
    let evaluation = try Evaluation(logits: logits, labels: loaded.labels)
    let judgement =
      onnxRuntime
      ? try Judgement(
        file: model.model, classCount: network.classCount, images: loaded.batches, labels: loaded.labels,
        own: evaluation, threads: common.threads) : nil
    let count = loaded.labels.count
    let error = (evaluation.top1 * (1 - evaluation.top1) / Double(max(1, count))).squareRoot()
    var table = Table(columns: [
      ("top-1 %", "top1"), ("± se", "standard_error"), ("top-5 %", "top5"), ("loss", "loss"),
      ("images", "images"), ("seconds", "seconds"),
    ])
    table.append([
      .number(100 * evaluation.top1, decimals: 2), .number(100 * error, decimals: 2),
      .number(100 * evaluation.top5, decimals: 2), .number(evaluation.loss, decimals: 4), .integer(count),
      .number(seconds, decimals: 2),
    ])
    switch common.format {
    case .json:
      var object: [String: JSONValue] = [
        "top1": .number(evaluation.top1), "top5": .number(evaluation.top5), "loss": .number(evaluation.loss),
        "images": .integer(count), "seconds": .number(seconds), "standard_error": .number(error),
      ]
      if let judgement {
        object["onnx_runtime_top1"] = .number(judgement.top1)
        object["equal_predictions"] = .number(judgement.equalPredictions)
        object["largest_difference"] = .number(judgement.largestDifference)
      }
      Console.output(try JSONValue.object(object).rendered())
    case .table:
      Console.output(table.rendered())
      if let judgement {
        Console.output(
          String(
            format: "ONNX Runtime: top-1 %.2f %%, %.2f %% equal predictions, largest difference %.1e",
            100 * judgement.top1, 100 * judgement.equalPredictions, judgement.largestDifference))
      }
    }
  }
}
