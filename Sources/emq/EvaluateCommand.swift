import ArgumentParser
import Benchmarks
import Datasets
import Foundation
import Foundations
import Network
import ONNX
import ONNXRuntime
import Reports
import Torch
import Workloads

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a network's accuracy on labelled images.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq evaluate model.onnx --data test.npz --preset cifar10
        emq evaluate model.onnx --data images --preset imagenet --outputs outputs.npz

      --outputs writes what the network makes of the images, which then need no labels, as arrays that numpy.load reads:
      outputs (float32, [images, classes], as the network gives them) and predictions (int64, [images], the classes with
      the highest output, of each position where outputs have several); of outputs that are values, arrays of their own
      names.

      JSON (what needs labels is null without them):
        top1 and top5: shares, 0 to 1
        loss: mean cross-entropy, nats
        standard_error: of top1
        images
        seconds: forward passes only
        onnx_runtime_top1, equal_predictions (a share), largest_difference (of logits, relative to the largest one): with
          --onnx-runtime
        metric: with --metric
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "Labelled images: a .npz file, IDX (folder#test), or a folder of images.")
  var data: String

  @Option(help: "Use the first N images only.")
  var images: Int?

  @Option(help: "A .npz file of outputs and predictions to write.")
  var outputs: String?

  @Flag(help: "Run the file in ONNX Runtime too, and compare.")
  var onnxRuntime = false

  @OptionGroup var metric: MetricOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    if let outputs { try AtomicFile.requireWritable(outputs, keeping: [model.model, data]) }
    let source = try Model(contentsOf: model.model)
    let dataset = try Dataset.open(data)
    // Folded batch norms give the same logits in less time.
    let network = try model.network(of: source.foldingBatchNormalization(), data: dataset)
    let preprocessing = try dataset.arrays == nil ? preprocessing.preprocessing(for: source) : nil
    // What the network makes of images is worth writing for those without labels, too.
    let hasLabels =
      network.objective == .classes
      && (dataset.isLabelled(for: network) || (outputs == nil && metric.metric == nil))
    let loaded = try LoadedExamples(
      dataset, network: network, preprocessing: preprocessing, needsLabels: hasLabels, limit: images,
      context: common.context)
    // Outputs are written of positions without a label, too.
    let batches = loaded.batches.map(\.countingAll)
    let start = Date()
    let logits = try common.context.stage("evaluate") {
      try network.logits(batches: batches, threads: common.threads, progress: $0)
    }
    let seconds = Date().timeIntervalSince(start)
    let count = loaded.count
    let labels = hasLabels ? loaded.labels : []
    let evaluation = try Evaluation(logits: logits, labels: labels, classCount: network.classCount)
    let judgement =
      onnxRuntime
      ? try Judgement(
        file: model.model, network: network, inputs: batches, labels: labels,
        own: evaluation, threads: common.threads) : nil
    if let outputs { try write(evaluation, of: network, order: loaded.dataset.originalOrder, to: outputs) }
    let measured = try metric.measure?.value(
      of: logits, network: network, dataset: loaded.dataset, context: common.context)
    if network.objective == .values, metric.metric == nil, outputs == nil, !onnxRuntime {
      common.context.notice(
        "\(model.name): outputs are values, of which no accuracy is known; --metric measures them, --outputs writes them"
      )
    }
    if hasLabels { common.context.noticeGuessing(evaluation, of: network, on: data) }
    try common.print(
      EvaluationReport(
        evaluation, judgement: judgement, hasLabels: hasLabels, metric: measured, images: count,
        unit: dataset.unit,
        seconds: seconds))
  }

  /// - Parameter order: the positions of examples in the order of the data; batches may have those of one length together.
  private func write(_ evaluation: Evaluation, of network: Network, order: [Int], to path: String) throws {
    guard network.objective == .classes else {
      return try NumPyArchive.write(
        network.outputArrays(evaluation.logits).map { (name: $0.name, array: $0.array.rows(order)) }, to: path
      )
    }
    guard let outputs = try network.outputArrays(evaluation.logits).first?.array else { return }
    try NumPyArchive.write(
      [
        ("outputs", outputs.rows(order)),
        ("predictions", network.predictionArray(evaluation).rows(order)),
      ], to: path)
  }
}
