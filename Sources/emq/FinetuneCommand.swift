import ArgumentParser
import Datasets
import Foundation
import Foundations
import Network
import Reports
import Torch
import Training
import Workloads

extension FineTuningOptions.BatchNorms: ExpressibleByArgument {}

struct FinetuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune", abstract: "Train a quantized network further and write it as ONNX.",
    discussion: """
      Example: emq finetune model.onnx --bits 2 --activation-bits 4 --rounding gptq --sequential --data train.npz \\
                 --test test.npz --preset cifar10 -o finetuned.onnx

      Begins at what emq quantize makes with the same options, calibrated on --data, and learns weights, steps of
      the grids and biases together. Resumes from <output>.checkpoint where that is there, which is written after
      each epoch and every 20 seconds; Ctrl-C writes it too.
      JSON: output, file_mib, epochs, steps, loss (of the last epoch), float_top1, start_top1 (quantized, before
      training) and top1 (shares, where --test is given), seconds.
      """)

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

  @OptionGroup var packing: PackingOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
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

  func run() throws {
    let start = Date()
    try AtomicFile.requireWritable(output, keeping: [model.model, data, test, bits.bits])
    let (context, workload) = (common.context, try model.workload(preprocessing))
    let (network, preprocessing) = (workload.network, workload.preprocessing)
    let configuration = try bits.configuration(of: network)
    let training = try Dataset.open(data)
    let labels = try training.requireLabels(classCount: network.classCount)
    guard labels.count >= batchSize else {
      throw DatasetError(
        "\(data): \(labels.count) images are fewer than --batch-size \(batchSize)", kind: .usage)
    }
    func load(_ dataset: Dataset, needsLabels: Bool) throws -> LoadedImages {
      try workload.images(of: dataset, needsLabels: needsLabels, context: context)
    }
    let calibration = try load(quantizer.calibrationSet(data, seed: common.seed), needsLabels: false)
    let testImages = try test.map { try load(Dataset.open($0), needsLabels: true) }
    let quantization = try workload.quantization(
      calibration: calibration, options: quantizer.options(seed: common.seed), context: context)
    let quantized = try quantization.quantized(configuration, context: context)
    func top1(_ logits: ([Tensor]) throws -> [Tensor]) throws -> Double? {
      try testImages.map { try Evaluation(logits: logits($0.batches), labels: $0.labels).top1 }
    }
    let startTop1 = try top1 { try quantized.logits(batches: $0, threads: common.threads) }
    startTop1.map { context.detail(String(format: "before training: top-1 %.2f %%", 100 * $0)) }

    let options = FineTuningOptions(
      epochs: epochs ?? max(1, 40_000 / labels.count), batchSize: batchSize, learningRate: learningRate,
      weightDecay: weightDecay,
      batchNorms: batchNorms ?? (quantizer.weightGranularity == .tensor ? .frozen : .trained),
      distillation: distillation, seed: common.seed)
    let images = try training.batches(of: 1000, preprocessing: preprocessing, threads: common.threads)
      .flatMap { try $0.images.floats() }
    var tuner = try FineTuner(
      quantized, of: quantization, original: network, options: options, images: images, labels: labels,
      identity: "\(network.digest()) \(training.digest) \(preprocessing) \(quantization.options)"
        + " \(calibration.dataset.count)")
    func described(_ tuner: FineTuner) throws -> String {
      try top1({ try tuner.quantized().logits(batches: $0, threads: common.threads) })
        .map { String(format: ", top-1 %.2f %%", 100 * $0) } ?? ""
    }
    let checkpoint = output + ".checkpoint"
    try tuner.run(
      epochs: options.epochs, checkpoint: checkpoint, context: context,
      measuring: common.work.verbose ? described : nil)

    let result = try tuner.quantized()
    try result.model(packing: packing.packing(for: configuration.weightBits, context: context)).write(
      to: output)
    let finalTop1 = try top1 { try result.logits(batches: $0, threads: common.threads) }
    let floatTop1 = try top1 { try quantization.network.logits(batches: $0, threads: common.threads) }
    try? FileManager.default.removeItem(atPath: checkpoint)
    let fileBytes = try AtomicFile.read(output).count
    try context.noticeGrowth(
      of: output, bytes: fileBytes, over: workload, sourceBytes: AtomicFile.read(model.model).count)
    var accuracies: (float: Double, start: Double, end: Double)?
    if let floatTop1, let startTop1, let finalTop1 { accuracies = (floatTop1, startTop1, finalTop1) }
    try common.print(
      FineTuningReport(
        output: output, fileBytes: fileBytes, epochs: options.epochs,
        steps: tuner.completedSteps, loss: tuner.epochLoss, accuracies: accuracies,
        seconds: Date().timeIntervalSince(start)))
  }
}
