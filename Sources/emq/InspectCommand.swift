import ArgumentParser
import ONNX
import Reports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "List the quantizable layers of a network.",
    discussion: """
      Example: emq inspect model.onnx

      JSON: model, input_shape, classes, opset, and layers with name, operator, parameters, macs (for one
      image), shape (of the weight).
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    var table = Table(columns: [
      ("layer", "name"), ("operator", "operator"), ("parameters", "parameters"), ("MACs", "macs"),
      ("weight", "weight"),
    ])
    var layers: [JSONValue] = []
    for layer in network.layers {
      let shape = layer.weightShape.map(String.init).joined(separator: "×")
      table.append([
        .text(layer.name), .text(layer.operatorType), .integer(layer.parameters), .integer(layer.macs),
        .text(shape),
      ])
      layers.append(
        .object([
          "name": .text(layer.name), "operator": .text(layer.operatorType),
          "parameters": .integer(layer.parameters),
          "macs": .integer(layer.macs), "shape": .list(layer.weightShape.map { .integer($0) }),
        ]))
    }
    let parameters = network.layers.reduce(0) { $0 + $1.parameters }
    let macs = network.layers.reduce(0) { $0 + $1.macs }
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "model": .text(model.name), "opset": .integer(source.opset),
          "classes": .integer(network.classCount),
          "input_shape": .list(network.inputShape.map { .integer($0) }), "parameters": .integer(parameters),
          "macs": .integer(macs), "layers": .list(layers),
        ]).rendered())
    case .table:
      Console.output(table.rendered())
      Console.output("\(network.layers.count) layers, \(parameters) parameters, \(macs) MACs an image")
    }
  }
}
