import ArgumentParser
import BitModel
import Compression
import Foundation
import Foundations
import ONNX
import ONNXRuntime
import Reports

struct LatencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency", abstract: "Time ONNX files side by side in ONNX Runtime, or the layers of one.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq latency float.onnx quantized.onnx
        emq latency float.onnx --table latency.csv --bits 2,4,8

      Files are run in turn in one process on random input of batch 1; any file will do. With --table, a float network is
      quantized at each number of bits, and the times of its layers are written for the --latency of emq allocate and emq
      compress.

      JSON:
        threads
        models: model, median_ms, low_ms and high_ms (the 10th and 90th percentile), ratio (of medians, to the first file),
          runs, batch, file_mib

      JSON with --table:
        table, layers
        networks: weight_bits, activation_bits, median_ms
      """
    ).rendered())

  @Argument(help: "The ONNX files.")
  var models: [String]

  @OptionGroup var timing: TimingOptions
  @OptionGroup var table: LatencyTableOptions

  func validate() throws {
    try table.packing.require(table.arithmetic)
    guard table.table == nil || models.count == 1 else {
      throw ValidationError("--table takes one model; \(models.count) are given")
    }
  }

  func run() throws {
    guard let judge = ONNXRuntimeJudge() else { throw ONNXRuntimeJudge.notFound }
    guard let path = table.table, let model = models.first else {
      return try timing.format.print(
        LatencyReport(
          LatencyMeasurement.measured(
            models, options: timing.options(), judge: judge, context: timing.context),
          threads: timing.threads))
    }
    try AtomicFile.requireWritable(path, keeping: [model, table.calibration])
    let (choices, context) = (try table.choices(), timing.preparation)
    let latencies = try LayerLatencies.measured(
      table.quantization(of: model, inputShapes: timing.shapes(), seed: timing.seed, context: context),
      choices: choices,
      packing: table.packing.packing(
        for: choices.map(\.weightBits), arithmetic: table.arithmetic, context: context),
      options: timing.options(), judge: judge, context: context)
    try latencies.write(to: path)
    try timing.format.print(LayerLatencyReport(latencies, path: path))
  }
}
