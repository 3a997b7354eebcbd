import ArgumentParser
import Datasets
import Foundation
import Foundations
import HTMLReports
import Reports
import Training
import Workloads

extension FineTuningOptions.BatchNorms: ExpressibleByArgument {}

struct FinetuneCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune", abstract: "Train a quantized network further and write it as ONNX.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq finetune model.onnx --bits 2 --activation-bits 4 --rounding gptq --sequential --data train.npz --test test.npz
          --preset cifar10 -o finetuned.onnx --report finetuned.html

      Begins at what emq quantize makes with the same options, calibrated on --data, and learns weights, steps of the grids
      and biases together. Resumes from <output>.checkpoint where that is there, which is written after each epoch and every
      20 seconds; Ctrl-C writes it too.

      JSON:
        output, file_mib, epochs, steps, seconds
        loss: of the last epoch
        float_top1, start_top1 (quantized, before training) and top1: shares, where --test is given
      """
    ).rendered())

  @OptionGroup var model: ModelOptions
  @OptionGroup var bits: BitsOptions

  @Option(help: "Labelled images to train and calibrate on.")
  var data: String

  @Option(help: "Labelled images to measure accuracies on.")
  var test: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @Option(help: "Passes over the images; as many as come to 40,000 images where not given.")
  var epochs: Int?

  @Option(help: "Images a step.")
  var batchSize = FineTuningOptions().batchSize

  @Option(
    help: "The learning rate of weights at first, in shares of their root mean square; it falls as a cosine.")
  var learningRate = FineTuningOptions().learningRate

  @Option(help: "The share of weights that a step takes off them, times the learning rate.")
  var weightDecay = FineTuningOptions().weightDecay

  @Option(
    help:
      "Whether batch norms stay folded into layers (frozen) or are trained and folded at the end (trained; where not given and each channel of a weight has a scale)."
  )
  var batchNorms: FineTuningOptions.BatchNorms?

  @Option(
    help: "The weight of the divergence from the float network's output, beside the labels' 1; 0 for none.")
  var distillation = FineTuningOptions().distillation

  @OptionGroup var reportOptions: ReportOptions
  @OptionGroup var packing: PackingOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    try packing.require(quantizer.arithmetic)
    guard epochs.map({ $0 >= 1 }) ?? true, batchSize >= 2, learningRate > 0, learningRate.isFinite else {
      throw ValidationError("--epochs and --learning-rate must be positive, --batch-size 2 or more")
    }
    guard epochs.map({ $0 <= 1_000_000 }) ?? true, batchSize <= 1_000_000 else {
      throw ValidationError("--epochs and --batch-size are 1,000,000 at most")
    }
    guard weightDecay >= 0, weightDecay.isFinite, distillation >= 0, distillation.isFinite else {
      throw ValidationError("--weight-decay and --distillation must be 0 or more")
    }
  }

  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let start = Date()
    let inputs = [model.model, data, test, bits.bits]
    try AtomicFile.requireWritable(output, keeping: inputs)
    try reportOptions.requireWritable(keeping: inputs, besides: [output])
    let training = try Dataset.open(data)
    let (context, workload) = (common.context, try model.workload(preprocessing, data: training))
    let configuration = try bits.configuration(of: workload.network)
    let options = FineTuningOptions(
      epochs: epochs ?? max(1, 40_000 / max(1, training.count)), batchSize: batchSize,
      learningRate: learningRate, weightDecay: weightDecay,
      batchNorms: batchNorms ?? (quantizer.weightGranularity == .tensor ? .frozen : .trained),
      distillation: distillation, seed: common.seed)
    let outcome = try FineTuningJob(
      workload, configuration, data: training, test: test.map { try Dataset.open($0) },
      calibration: quantizer.calibrationSet(data, seed: common.seed),
      quantization: quantizer.options(seed: common.seed), options: options, context: context
    ).run(checkpoint: output + ".checkpoint", measuresEpochs: common.work.messages.verbose) { network in
      try network.model(
        packing: packing.packing(
          for: configuration.weightBits, arithmetic: quantizer.arithmetic, context: context)
      ).write(
        to: output)
    }
    let fileBytes = try AtomicFile.read(output).count
    try context.noticeGrowth(
      of: output, bytes: fileBytes, over: workload, sourceBytes: AtomicFile.read(model.model).count)
    let report = FineTuningReport(
      output: output, fileBytes: fileBytes, epochs: options.epochs, steps: outcome.steps,
      loss: outcome.losses.last ?? .nan, accuracies: outcome.accuracies,
      seconds: Date().timeIntervalSince(start))
    try reportOptions.write {
      FineTuningPage(
        report, losses: outcome.losses,
        layers: zip(workload.network.costs.layers, configuration).map { ($0.name, $1) }
      ).page
    }
    try common.print(report)
  }
}
