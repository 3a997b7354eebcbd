import BitModel
import Foundation
import Foundations
import Network
import ONNX
import ONNXRuntime
import Quantization

/// The quantizable layers of a network, and their bits where it is quantized.
public struct InspectionReport: Report {
  private enum CodingKeys: String, CodingKey {
    case model, opset, classes, inputShape, batch, outputs, parameters, macs, fileMib, layers, sizeMib,
      storedMib, kernels
  }

  private struct Layer: Encodable {
    let name, operatorType: String
    let parameters, macs: Int
    let shape: [Int]
    /// Nil of a network that is not quantized; its own parts are null where the layer is not.
    let encoding: Encoding?
    /// What ONNX Runtime runs it by; nil where that was not asked.
    let kernel: LayerKernel?

    struct Encoding: Encodable {
      @Nullable var weightBits: Int?
      @Nullable var activationBits: Int?
      let stored: String
    }

    enum CodingKeys: String, CodingKey {
      case name, parameters, macs, shape
      case operatorType = "operator"
    }

    func encode(to encoder: any Encoder) throws {
      try encoding?.encode(to: encoder)
      if encoding != nil { try KernelKeys(kernel).encode(to: encoder) }
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(operatorType, forKey: .operatorType)
      try container.encode(parameters, forKey: .parameters)
      try container.encode(macs, forKey: .macs)
      try container.encode(shape, forKey: .shape)
    }
  }

  private let model: String
  private let opset, classes: Int
  private let inputShape: [Int]
  private let batch, outputs: String
  private let parameters, macs: Int
  private let fileMib: Double
  private let layers: [Layer]
  private let sizeMib: Double?
  private let storedMib: StoredSizeReport?
  private let kernels: KernelSummary?
  private let unit: ExampleUnit
  private let notes: [String]

  /// Makes a report.
  ///
  /// - Parameter kernels: what ONNX Runtime runs the layers by; nil where it was not asked.
  public init(
    _ source: Model, network: Network, name: String, fileBytes: Int, kernels: [LayerKernel]? = nil
  ) throws {
    let kernelsByLayer = Dictionary((kernels ?? []).map { ($0.layer, $0) }) { first, _ in first }
    let encodings = Dictionary(try LayerEncoding.layers(of: source).map { ($0.name, $0) }) { first, _ in first
    }
    let isQuantized = !encodings.isEmpty
    model = name
    opset = source.opset
    classes = network.classCount
    inputShape = network.inputShape
    batch = network.batch.name
    outputs = network.outputKind.rawValue
    parameters = network.layers.reduce(0) { $0 + $1.parameters }
    macs = network.layers.reduce(0) { $0 + $1.macs }
    fileMib = Double(fileBytes) / 1_048_576
    layers = network.layers.map { layer in
      let known = encodings[layer.name]
      return Layer(
        name: layer.name, operatorType: layer.operatorType, parameters: layer.parameters, macs: layer.macs,
        shape: layer.weightShape,
        encoding: isQuantized
          ? .init(
            weightBits: known?.weightBits, activationBits: known?.activationBits,
            stored: known?.storedType.map { "\($0)" } ?? "float") : nil,
        kernel: kernelsByLayer[layer.name])
    }
    // A layer whose weight is not stored as integers has 32 bits.
    sizeMib =
      isQuantized
      ? network.costs.sizeInMiB(
        BitConfiguration(
          network.layers.map {
            BitChoice(weightBits: encodings[$0.name]?.weightBits ?? BitConfiguration.floatBits)
          })) : nil
    storedMib = isQuantized ? StoredSizeReport(try StoredSize(source)) : nil
    self.kernels =
      isQuantized && kernels != nil
      ? KernelSummary(network.layers.map { (kernelsByLayer[$0.name], $0.name, $0.macs) }) : nil
    unit = network.exampleUnit
    notes = Self.notes(network)
  }

  private static func notes(_ network: Network) -> [String] {
    var notes: [String] = []
    switch network.batch {
    case .open: break
    case .opened:
      notes.append("the file fixes the batch; it is open in what is measured and in files made of it")
    case .fixed(let size):
      notes.append(
        "the batch is fixed at \(size) and cannot be opened; \(network.exampleUnit.plural) are run one by one"
      )
    }
    switch network.outputKind {
    case .logits: break
    case .probabilities:
      notes.append("ends in a softmax: logits are what enters it, or the logarithms of what leaves it")
    }
    return notes
  }

  /// A row for each layer, and sums.
  public func text(width: Int?) -> String {
    let isQuantized = sizeMib != nil
    var table = Table(
      columns: [
        ("layer", "name"), ("operator", "operator"), ("parameters", "parameters"), ("MACs", "macs"),
        ("weight", "weight"),
      ]
        + (isQuantized
          ? [("bits", "weight_bits"), ("input bits", "activation_bits"), ("stored as", "stored")] : [])
        + (kernels != nil ? [("kernel", "kernel")] : []))
    for layer in layers {
      var cells: [Table.Cell] = [
        .text(layer.name), .text(layer.operatorType), .integer(layer.parameters), .integer(layer.macs),
        .text(layer.shape.map(String.init).joined(separator: "×")),
      ]
      if let encoding = layer.encoding {
        cells += [encoding.weightBits, encoding.activationBits].map { $0.map { .integer($0) } ?? .missing }
        cells.append(.text(encoding.stored))
      }
      if kernels != nil { cells.append(.text(layer.kernel?.kernel ?? "–")) }
      table.append(cells)
    }
    var lines = [
      table.rendered(width: width),
      "\(layers.count) layers, \(parameters) parameters, \(macs) MACs \(unit.withArticle)",
    ]
    lines += notes
    if let sizeMib, let storedMib {
      lines.append(
        String(format: "weights %.4f MiB at their bits; file %.4f MiB: ", sizeMib, fileMib) + storedMib.text)
    }
    if let kernels { lines.append(kernels.text) }
    return lines.joined(separator: "\n")
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
