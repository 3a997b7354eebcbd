import Foundation
import Network
import ONNX
import Support
import Torch

extension PostTrainingQuantization {
  /// The ONNX model of a configuration: integer weights with DequantizeLinear, layer inputs through
  /// QuantizeLinear and DequantizeLinear.
  ///
  /// Weights of up to 4 bits are stored as uint4, of more as int8. The bits of each layer stand in the model's
  /// metadata under `emq.bits`.
  public func exported(_ configuration: BitConfiguration) throws -> Model {
    var model = network.model
    let quantizers = activationQuantizers(configuration)
    var roundedValues: [String: String] = [:]
    var nodes: [Node] = []
    let layerIndices = Dictionary(uniqueKeysWithValues: network.layers.enumerated().map { ($1.name, $0) })

    for node in model.graph.nodes {
      guard let layer = layerIndices[node.name] else {
        nodes.append(node)
        continue
      }
      var node = node
      let source = node.inputs[0]
      // Layers that share an input and its bits share the rounded value.
      let key = "\(source)/\(configuration.activationBits[layer])"
      if roundedValues[key] == nil {
        let added = roundingNodes(of: source, by: quantizers[layer], in: &model.graph)
        roundedValues[key] = added.value
        nodes += added.nodes
      }
      node.inputs[0] = roundedValues[key] ?? source
      let weight = try dequantizingNode(
        try self.weight(layer: layer, bits: configuration.weightBits[layer]), of: node.inputs[1],
        in: &model.graph)
      nodes.append(weight)
      node.inputs[1] = weight.outputs[0]
      nodes.append(node)
    }
    model.graph.nodes = nodes
    model.graph.valueInfos = []
    model.graph.removeUnusedInitializers()
    model.producerName = "swift-emq"
    model.metadata.append(MetadataEntry(key: "emq.bits", value: configuration.description))
    return model
  }

  private func roundingNodes(
    of value: String, by quantizer: ActivationQuantizer, in graph: inout Graph
  ) -> (value: String, nodes: [Node]) {
    let base = graph.uniqueValueName("\(value)_\(quantizer.bits)bit")
    let (scale, zero) = ("\(base)_scale", "\(base)_zero_point")
    graph.initializers[scale] = TensorValue([Float(quantizer.scale)], shape: [])
    graph.initializers[zero] = TensorValue(bytes: [quantizer.zero], signed: false, shape: [])
    var nodes: [Node] = []
    var source = value
    if quantizer.bits < 8 {
      // The container has 8 bits: values above the last level are cut off before.
      let low = Float(Double(-quantizer.zero) * quantizer.scale)
      let high = Float(Double(1 << quantizer.bits - 1 - quantizer.zero) * quantizer.scale)
      graph.initializers["\(base)_low"] = TensorValue([low], shape: [])
      graph.initializers["\(base)_high"] = TensorValue([high], shape: [])
      nodes.append(
        Node(
          "Clip", name: "\(base)_clip", inputs: [source, "\(base)_low", "\(base)_high"],
          outputs: ["\(base)_clipped"]))
      source = "\(base)_clipped"
    }
    nodes.append(
      Node(
        "QuantizeLinear", name: "\(base)_quantize", inputs: [source, scale, zero],
        outputs: ["\(base)_quantized"]))
    nodes.append(
      Node(
        "DequantizeLinear", name: "\(base)_dequantize", inputs: ["\(base)_quantized", scale, zero],
        outputs: [base]))
    return (base, nodes)
  }

  private func dequantizingNode(
    _ weight: QuantizedWeight, of value: String, in graph: inout Graph
  ) throws -> Node {
    let base = graph.uniqueValueName("\(value)_\(weight.bits)bit")
    let levels = try weight.levels.integers().map { Int($0) }
    let zeros = try weight.zeros.integers().map { Int($0) }
    let shape = weight.levels.shape
    let (integers, zeroPoints) =
      weight.isSymmetric
      ? (
        TensorValue(bytes: levels, signed: true, shape: shape),
        TensorValue(bytes: zeros, signed: true, shape: [zeros.count])
      )
      : (
        TensorValue(nibbles: levels, signed: false, shape: shape),
        TensorValue(nibbles: zeros, signed: false, shape: [zeros.count])
      )
    graph.initializers["\(base)_integers"] = integers
    graph.initializers["\(base)_scale"] = TensorValue(try weight.scales.floats(), shape: [zeros.count])
    graph.initializers["\(base)_zero_point"] = zeroPoints
    return Node(
      "DequantizeLinear", name: "\(base)_dequantize",
      inputs: ["\(base)_integers", "\(base)_scale", "\(base)_zero_point"], outputs: [base],
      attributes: ["axis": .integer(weight.axis)])
  }
}
