import ArgumentParser
import Datasets
import Foundation
import Foundations
import Network
import ONNXRuntime
import Quantization
import Reports

struct QuantizeCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize", abstract: "Write a quantized ONNX model with given bits.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq quantize model.onnx --bits bits.json --calibration train.npz --preset cifar10 -o quantized.onnx
        emq quantize model.onnx --bits 3 --rounding gptq --sequential --calibration train.npz --data test.npz
          --preset cifar10 -o quantized.onnx

      Everything between the first and the last layer is computed in integers, weights are stored without a gap, and the
      operator set is the least that has what is needed, so that ONNX Runtime 1.17 and later run the file on their integer
      kernels. --arithmetic float leaves sums, pools and biases in single precision.

      JSON:
        output, opset, layers
        size_mib: weights at their nominal bits
        file_mib
        stored_mib: weights, grids, constants, graph, total
        float_top1, top1: shares, where --data is given
        onnx_runtime_top1, equal_predictions: shares, where ONNX Runtime is there, too
        execution: kernels as in emq inspect, latency (float_ms, quantized_ms, ratio on one thread); null without ONNX Runtime
        rounding_seconds, seconds
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @OptionGroup var bits: BitsOptions

  @Option(help: "Images to calibrate on.")
  var calibration: String

  @Option(help: "Labelled images to measure the accuracy on.")
  var data: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var packing: PackingOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws { try packing.require(quantizer.arithmetic) }

  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let start = Date()
    try AtomicFile.requireWritable(output, keeping: [model.model, calibration, data, bits.bits])
    let (context, workload) = (
      common.context, try model.workload(preprocessing, data: Dataset.open(calibration))
    )
    let configuration = try bits.configuration(of: workload.network)
    let images = try workload.examples(
      of: quantizer.calibrationSet(calibration, seed: common.seed), needsLabels: false, context: context)
    let test = try data.map {
      try workload.examples(of: Dataset.open($0), needsLabels: true, context: context)
    }
    let quantization = try workload.quantization(
      calibration: images, options: quantizer.options(seed: common.seed), context: context)
    let roundingStart = Date()
    let quantized = try quantization.quantized(configuration, context: context)
    let roundingSeconds = Date().timeIntervalSince(roundingStart)
    let exported = try quantized.model(
      packing: packing.packing(
        for: configuration.weightBits, arithmetic: quantizer.arithmetic, context: context))
    try exported.write(to: output)
    let fileBytes = try AtomicFile.read(output).count
    try context.noticeGrowth(
      of: output, bytes: fileBytes, over: workload, sourceBytes: AtomicFile.read(model.model).count)
    let file = Double(fileBytes) / 1_048_576
    let stored = try StoredSize(exported)
    let size = quantization.costs.sizeInMiB(configuration)
    let evaluations = try test.map { test in
      try [
        quantization.network.logits(batches: test.batches, threads: common.threads),
        quantized.logits(batches: test.batches, threads: common.threads),
      ].map {
        try Evaluation(logits: $0, labels: test.labels, classCount: workload.network.classCount)
      }
    }
    let judgement = try test.flatMap { test in
      try evaluations.flatMap {
        try Judgement.ifPossible(
          file: output, network: workload.network, inputs: test.batches, labels: test.labels, own: $0[1],
          context: context)
      }
    }
    let execution = try Execution.ifPossible(
      exported, file: output, original: model.model, network: workload.network, context: context
    )
    try common.print(
      QuantizationReport(
        output: output, sizeMib: size, fileMib: file, storedMib: StoredSizeReport(stored),
        opset: exported.opset, layers: configuration.count, floatTop1: evaluations?[0].top1,
        top1: evaluations?[1].top1, judgement: judgement,
        fidelity: evaluations.map {
          try OutputFidelity.of($0[1].logits, references: $0[0].logits, network: workload.network)
        },
        execution: execution.map {
          ExecutionReport($0, costs: quantization.costs, unit: workload.network.exampleUnit)
        },
        roundingSeconds: roundingSeconds,
        seconds: Date().timeIntervalSince(start)))
  }
}
