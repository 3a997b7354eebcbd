import Foundation
import ONNX

/// The bits of a layer in a quantized file.
public struct LayerEncoding: Codable, Sendable, Equatable {
  /// The layer's name.
  public var name: String
  /// Bits that the weight's levels take.
  public var weightBits: Int
  /// Bits of its input; nil where that is not rounded.
  public var activationBits: Int?
  /// The type that the weight is stored in; nil where a file was not looked at.
  public var storedType: DataType?

  /// The key of the model metadata that lists the bits of layers.
  public static let metadataKey = "emq.bits"

  private enum CodingKeys: String, CodingKey {
    case name
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
  }

  /// Makes the bits of a layer.
  public init(name: String, weightBits: Int, activationBits: Int?, storedType: DataType? = nil) {
    self.name = name
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.storedType = storedType
  }

  /// The metadata entry that lists layers, a JSON array.
  static func metadata(_ layers: [LayerEncoding]) throws -> MetadataEntry {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return MetadataEntry(key: metadataKey, value: String(decoding: try encoder.encode(layers), as: UTF8.self))
  }

  /// The layers of a model whose weights are stored as integers, in graph order; empty for a float model.
  ///
  /// Bits come from the metadata; where a model has none, from the types that weights and inputs are stored in.
  public static func layers(of model: Model) throws -> [LayerEncoding] {
    var sources: [String: Node] = [:]
    for node in model.graph.nodes where node.operatorType == "DequantizeLinear" {
      for output in node.outputs { sources[output] = node }
    }
    let known = model.metadata.first { $0.key == metadataKey }.flatMap {
      try? JSONDecoder().decode([LayerEncoding].self, from: Data($0.value.utf8))
    }
    let possible = (known ?? []).filter { layer in
      [layer.weightBits, layer.activationBits ?? 8].allSatisfy((1...32).contains)
    }
    let byName = Dictionary(possible.map { ($0.name, $0) }) { first, _ in first }
    return model.graph.nodes.compactMap { node in
      guard ["Conv", "Gemm", "MatMul"].contains(node.operatorType), node.inputs.count > 1,
        let weight = sources[node.inputs[1]], let integers = weight.inputs.first,
        let type = model.graph.initializers[integers]?.dataType, let bits = type.bitCount
      else { return nil }
      var layer =
        byName[node.name]
        ?? LayerEncoding(
          name: node.name, weightBits: bits, activationBits: sources[node.inputs[0]] == nil ? nil : 8)
      layer.storedType = type
      return layer
    }
  }
}
