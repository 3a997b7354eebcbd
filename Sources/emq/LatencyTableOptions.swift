import ArgumentParser
import BitModel
import Compression
import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Quantization
import Workloads

/// The table of layers' times that is written.
struct LatencyTableOptions: ParsableArguments {
  @Option(help: "A CSV file of layers' times to write; the model is a float network then.")
  var table: String?

  @Option(help: "Bits of weights that the table has.")
  var bits = "2,3,4,8"

  @Option(help: "Bits of activations that the table has.")
  var activationBits = "8"

  @Option(help: "Images that ranges are found on; a few random ones where not given.")
  var calibration: String?

  @Option(help: "What is computed with between layers: integer or float.")
  var arithmetic: Arithmetic = .integer

  @OptionGroup var packing: PackingOptions
  @OptionGroup var preprocessing: PreprocessingOptions

  /// Each number of bits of weights with each of activations.
  func choices() throws -> [BitChoice] {
    let activations = try bitList(activationBits, option: "--activation-bits")
    let choices = try bitList(
      bits, option: "--bits", float: BitChoice.floatWeightBits
    ).flatMap { weight in
      (weight == BitChoice.floatWeightBits ? activations.suffix(1) : activations[...]).map {
        BitChoice(weightBits: weight, activationBits: $0)
      }
    }
    return Set(choices).sorted()
  }

  /// The network, ready to be quantized.
  func quantization(
    of model: String, inputShapes: InputShapes?, seed: UInt64, context: WorkContext
  ) throws -> PostTrainingQuantization {
    let source = try Model(contentsOf: model)
    let name = URL(fileURLWithPath: model).lastPathComponent
    var options = QuantizationOptions()
    options.arithmetic = arithmetic
    guard let calibration else {
      return try LayerLatencies.quantization(
        of: source, name: name, network: NetworkOptions(inputShapes: inputShapes), options: options,
        seed: seed, context: context)
    }
    let data = try Dataset.open(calibration)
    let workload = try Workload(
      source: source, name: name,
      options: NetworkOptions(inputShapes: inputShapes).completed(for: source, name: name, by: data),
      preprocessing: data.arrays == nil ? preprocessing.preprocessing(for: source) : nil)
    let images = try workload.examples(of: data.sample(64, seed: seed), needsLabels: false, context: context)
    return try workload.quantization(calibration: images, options: options, context: context)
  }
}
