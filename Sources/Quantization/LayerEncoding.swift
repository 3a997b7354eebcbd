import BitModel
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
    for node in model.graph.nodes {
      for output in node.outputs { sources[output] = node }
    }
    let places = model.graph.nodes.flatMap { node in
      node.weightInputs.filter { $0 < node.inputs.count }.map { position in
        (
          name: node.isRecurrent ? "\(node.name)/\(position == 1 ? "W" : "R")" : node.name, node: node,
          position: position
        )
      }
    }
    func dequantized(_ value: String) -> Node? {
      sources[value].flatMap { $0.operatorType == "DequantizeLinear" ? $0 : nil }
    }
    /// The constant that a value is unpacked from.
    func stored(_ value: String) -> TensorValue? {
      var name = value
      for _ in 0...sources.count {
        if let constant = model.graph.initializers[name] { return constant }
        // What is rounded where it is computed is no weight.
        guard let node = sources[name], node.operatorType != "QuantizeLinear", let next = node.inputs.first
        else {
          return nil
        }
        name = next
      }
      return nil
    }
    let text = model.metadata.first { $0.key == metadataKey }?.value
    /// The constant that a layer's weight is stored as: integers, or, of a layer that stayed float, half precision.
    func storedWeight(_ node: Node, _ position: Int) -> TensorValue? {
      guard let source = sources[node.inputs[position]], let first = source.inputs.first else { return nil }
      // Weights of recurrent layers get their shape behind what makes them numbers.
      let giver = source.operatorType == "Reshape" && node.isRecurrent ? sources[first] : source
      guard let giver, let value = giver.inputs.first,
        giver.operatorType == "DequantizeLinear" || (giver.operatorType == "Cast" && text != nil),
        let constant = stored(value), constant.count > 1
      else { return nil }
      return constant
    }
    let quantized = places.filter { storedWeight($0.node, $0.position) != nil }
    var known = text.flatMap { try? JSONDecoder().decode([LayerEncoding].self, from: Data($0.utf8)) } ?? []
    if let configuration = text.flatMap({ BitConfiguration($0) }), configuration.count == quantized.count {
      known = zip(quantized, configuration).map {
        LayerEncoding(name: $0.name, weightBits: $1.weightBits, activationBits: $1.activationBits)
      }
    }
    let possible = known.filter { layer in
      [layer.weightBits, layer.activationBits ?? 8].allSatisfy((1...32).contains)
    }
    let byName = Dictionary(possible.map { ($0.name, $0) }) { first, _ in first }
    return quantized.compactMap { place in
      guard let type = storedWeight(place.node, place.position)?.dataType, let bits = type.bitCount
      else { return nil }
      var layer =
        byName[place.name]
        ?? LayerEncoding(
          name: place.name, weightBits: bits,
          activationBits: dequantized(place.node.inputs[0]) == nil ? nil : 8)
      layer.storedType = type
      return layer
    }
  }
}
