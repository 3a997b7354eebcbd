import Allocation
import ArgumentParser
import Datasets
import Foundation
import ONNX
import Quantization
import Reports
import Support

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize", abstract: "Write a quantized ONNX model with given bits.",
    discussion: """
      Example: emq quantize model.onnx --bits bits.json --calibration train.npz --preset cifar10 -o quantized.onnx

      Weights of 2 to 4 bits are stored as 4-bit integers, of 5 to 8 as 8-bit ones; the model is of opset 21.
      JSON: output, size_mib (weights at their nominal bits), file_mib, layers, seconds.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "The file of bits, from emq allocate.")
  var bits: String

  @Option(help: "Images to calibrate activations on.")
  var calibration: String

  @Option(help: "How many of them, drawn at random with the seed.")
  var calibrationImages = 256

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard calibrationImages >= 1 else { throw ValidationError("--calibration-images needs 1 or more") }
  }

  func run() throws {
    let start = Date()
    let file = try BitsFile(contentsOf: bits)
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let preprocessing = try preprocessing.preprocessing(for: source)
    let configuration = try file.configuration(layerNames: network.layers.map(\.name), file: bits)
    let images = try LoadedImages(
      Dataset.open(calibration).sample(calibrationImages, seed: common.seed), network: network,
      preprocessing: preprocessing, needsLabels: false, threads: common.threads)
    let quantization = try PostTrainingQuantization(
      source, name: model.name, inputShape: model.shape(), calibration: images.batches,
      threads: common.threads)
    try quantization.exported(configuration).write(to: output)
    let stored =
      (try FileManager.default.attributesOfItem(atPath: output)[.size] as? NSNumber)?.doubleValue ?? 0
    let size = quantization.costs.sizeInMiB(configuration.weightBits)
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "output": .text(output), "size_mib": .number(size), "file_mib": .number(stored / 1_048_576),
          "layers": .integer(network.layers.count), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output(
        String(format: "%@: weights %.4f MiB at their bits, file %.4f MiB", output, size, stored / 1_048_576))
    }
  }
}
