import ArgumentParser
import Foundation
import Foundations
import ONNX
import ONNXRuntime
import Reports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List the quantizable layers of a network, and their bits where it is quantized.",
    discussion: """
      Example: emq inspect model.onnx

      Of a network that ends in a softmax, losses, divergences and statistics are those of what enters it.

      JSON: model, input_shape, batch (open; opened, where the file fixes it and it can be open; fixed), outputs (logits or
      probabilities), classes, opset, parameters, macs, file_mib, and layers with name, operator, parameters,
      macs (for one image), shape (of the weight); of a quantized model also weight_bits, activation_bits and stored
      (the type in the file) of layers, and size_mib (weights at their bits) and stored_mib (of integers, grids, other
      constants and the graph); and where ONNX Runtime is found kernel (the operator that it makes of a layer), integer
      (whether that multiplies integers) and reason (why not) of layers, and kernels with integer_layers, layers,
      integer_mac_share and float (kernel, reason, layers).
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let report = try InspectionReport(
      source, network: network, name: model.name, fileBytes: AtomicFile.read(model.model).count,
      kernels: LayerKernel.ofQuantized(source, file: model.model, context: common.context))
    try common.print(report)
  }
}
