import ArgumentParser
import BitModel
import Foundation
import Foundations
import Network
import ONNX
import Quantization
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
      constants and the graph).
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let encodings = Dictionary(
      try LayerEncoding.layers(of: source).map { ($0.name, $0) }
    ) { first, _ in first }
    let isQuantized = !encodings.isEmpty
    var table = Table(
      columns: [
        ("layer", "name"), ("operator", "operator"), ("parameters", "parameters"), ("MACs", "macs"),
        ("weight", "weight"),
      ]
        + (isQuantized
          ? [("bits", "weight_bits"), ("input bits", "activation_bits"), ("stored as", "stored")] : []))
    var layers: [JSONValue] = []
    for layer in network.layers {
      let shape = layer.weightShape.map(String.init).joined(separator: "×")
      let encoding = encodings[layer.name]
      let type = encoding?.storedType.map { "\($0)" } ?? "float"
      table.append(
        [
          .text(layer.name), .text(layer.operatorType), .integer(layer.parameters), .integer(layer.macs),
          .text(shape),
        ]
          + (isQuantized
            ? [
              encoding.map { .integer($0.weightBits) } ?? .missing,
              encoding?.activationBits.map { .integer($0) } ?? .missing, .text(type),
            ] : []))
      var object: [String: JSONValue] = [
        "name": .text(layer.name), "operator": .text(layer.operatorType),
        "parameters": .integer(layer.parameters), "macs": .integer(layer.macs),
        "shape": .list(layer.weightShape.map { .integer($0) }),
      ]
      if isQuantized {
        object["weight_bits"] = encoding.map { .integer($0.weightBits) } ?? .null
        object["activation_bits"] = encoding?.activationBits.map { .integer($0) } ?? .null
        object["stored"] = .text(type)
      }
      layers.append(.object(object))
    }
    let parameters = network.layers.reduce(0) { $0 + $1.parameters }
    let macs = network.layers.reduce(0) { $0 + $1.macs }
    let file = Double(try AtomicFile.read(model.model).count) / 1_048_576
    // A layer whose weight is not stored as integers has 32 bits.
    let size = network.costs.sizeInMiB(
      BitConfiguration(
        network.layers.map {
          BitChoice(weightBits: encodings[$0.name]?.weightBits ?? BitConfiguration.floatBits)
        }))
    let stored = try StoredSize(source)
    switch common.format {
    case .json:
      var object: [String: JSONValue] = [
        "model": .text(model.name), "opset": .integer(source.opset), "classes": .integer(network.classCount),
        "input_shape": .list(network.inputShape.map { .integer($0) }), "parameters": .integer(parameters),
        "batch": .text(network.batch.name), "outputs": .text(network.outputKind.rawValue),
        "macs": .integer(macs), "file_mib": .number(file), "layers": .list(layers),
      ]
      if isQuantized {
        object["size_mib"] = .number(size)
        object["stored_mib"] = stored.json
      }
      Console.output(try JSONValue.object(object).rendered())
    case .table:
      Console.output(table.rendered())
      Console.output("\(network.layers.count) layers, \(parameters) parameters, \(macs) MACs an image")
      switch network.batch {
      case .open: break
      case .opened:
        Console.output("the file fixes the batch; it is open in what is measured and in files made of it")
      case .fixed(let size):
        Console.output("the batch is fixed at \(size) and cannot be opened; images are run one by one")
      }
      if network.outputKind == .probabilities {
        Console.output("ends in a softmax: logits are what enters it, or the logarithms of what leaves it")
      }
      if isQuantized {
        Console.output(
          String(format: "weights %.4f MiB at their bits; file %.4f MiB: ", size, file) + stored.described)
      }
    }
  }
}

extension BatchSize {
  /// The word for JSON.
  fileprivate var name: String {
    switch self {
    case .open: "open"
    case .opened: "opened"
    case .fixed: "fixed"
    }
  }
}

extension StoredSize {
  /// The parts in MiB, for JSON.
  var json: JSONValue {
    func mebibytes(_ bytes: Int) -> JSONValue { .number(Double(bytes) / 1_048_576) }
    return .object([
      "weights": mebibytes(weights), "grids": mebibytes(grids), "constants": mebibytes(constants),
      "graph": mebibytes(graph), "total": mebibytes(total),
    ])
  }

  /// The parts in words.
  var described: String {
    func mebibytes(_ bytes: Int) -> String { String(format: "%.4f", Double(bytes) / 1_048_576) }
    return "\(mebibytes(weights)) integers of weights, \(mebibytes(grids)) scales and zero points,"
      + " \(mebibytes(constants)) other constants, \(mebibytes(graph)) graph"
  }
}
