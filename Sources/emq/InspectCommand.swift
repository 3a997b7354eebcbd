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
    discussion: HelpText(
      """
      EXAMPLES:
        emq inspect model.onnx

      Of a network that ends in a softmax, losses, divergences and statistics are those of what enters it.

      JSON:
        model, input_shape, classes, opset, parameters, macs, file_mib
        batch: open; opened, where the file fixes it and it can be open; fixed
        outputs: logits or probabilities
        layers: name, operator, parameters, macs (for one image), shape (of the weight)

      JSON of a quantized model, too:
        layers: weight_bits, activation_bits, stored (the type in the file)
        size_mib: weights at their bits
        stored_mib: of integers, grids, other constants and the graph

      JSON where ONNX Runtime is found, too:
        layers: kernel (the operator that it makes of a layer), integer (whether that multiplies integers), reason (why not)
        kernels: integer_layers, layers, integer_mac_share, float (kernel, reason, layers)
      """
    ).rendered())

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
