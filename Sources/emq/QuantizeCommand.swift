import ArgumentParser
import Datasets
import Foundation
import Network
import ONNX
import Quantization
import Reports
import Support

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize", abstract: "Write a quantized ONNX model with given bits.",
    discussion: """
      Example: emq quantize model.onnx --bits bits.json --calibration train.npz --preset cifar10 -o quantized.onnx
               emq quantize model.onnx --bits 3 --rounding gptq --exact --calibration train.npz \\
                 --data test.npz --preset cifar10 -o quantized.onnx

      Weights of 2 to 4 bits are stored as 4-bit integers, of 5 to 8 as 8-bit ones; the model is of opset 21.
      JSON: output, size_mib (weights at their nominal bits), file_mib, layers, float_top1 and top1 (shares, where
      --data is given), rounding_seconds, seconds.
      """)

  @OptionGroup var model: ModelOptions

  @OptionGroup var bits: BitsOptions

  @Option(help: "Images to calibrate on.")
  var calibration: String

  @Option(help: "Labelled images to measure the accuracy on.")
  var data: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let start = Date()
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let preprocessing = try preprocessing.preprocessing(for: source)
    let configuration = try bits.configuration(of: network)
    let images = try LoadedImages(
      quantizer.calibrationSet(calibration, seed: common.seed), network: network,
      preprocessing: preprocessing, needsLabels: false, threads: common.threads)
    let test = try data.map {
      try LoadedImages(
        Dataset.open($0), network: network, preprocessing: preprocessing, needsLabels: true,
        threads: common.threads)
    }
    let quantization = try PostTrainingQuantization(
      source, name: model.name, inputShape: model.shape(), calibration: images.batches,
      options: quantizer.options(seed: common.seed), threads: common.threads)
    let roundingStart = Date()
    let quantized = try quantizer.quantized(quantization, configuration, threads: common.threads)
    let roundingSeconds = Date().timeIntervalSince(roundingStart)
    try quantized.model().write(to: output)
    let stored =
      (try FileManager.default.attributesOfItem(atPath: output)[.size] as? NSNumber)?.doubleValue ?? 0
    let size = quantization.costs.sizeInMiB(configuration.weightBits)
    let accuracies = try test.map { test in
      try [
        quantization.network.logits(batches: test.batches, threads: common.threads),
        quantized.logits(batches: test.batches, threads: common.threads),
      ].map { try Evaluation(logits: $0, labels: test.labels).top1 }
    }
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "output": .text(output), "size_mib": .number(size), "file_mib": .number(stored / 1_048_576),
          "layers": .integer(network.layers.count),
          "float_top1": accuracies.map { .number($0[0]) } ?? .null,
          "top1": accuracies.map { .number($0[1]) } ?? .null, "rounding_seconds": .number(roundingSeconds),
          "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output(
        String(format: "%@: weights %.4f MiB at their bits, file %.4f MiB", output, size, stored / 1_048_576))
      if let accuracies {
        Console.output(
          String(format: "top-1 %.2f %%, float %.2f %%", 100 * accuracies[1], 100 * accuracies[0]))
      }
    }
  }
}
