import Foundation
import Network
import ONNX
import Torch

extension QuantizedNetwork {
  /// The ONNX model: integer weights with DequantizeLinear, activations through QuantizeLinear and DequantizeLinear.
  ///
  /// Names of inputs, outputs and layers stay, as do metadata and open dimensions. Under integer arithmetic the operator
  /// set is the least that has what is needed, 13 where possible; under float arithmetic it stays where it has what is
  /// needed, 13 for scales of channels, 21 for 4-bit and 25 for 2-bit integers, else it is the least that has it. The bits
  /// of each layer stand in the metadata under ``LayerEncoding/metadataKey``.
  ///
  /// - Parameter packing: what weights of few bits are stored as; nil for what is usual for the arithmetic.
  /// - Throws: `NetworkError` where weights cannot be stored so under the network's arithmetic.
  public func model(packing: WeightPacking? = nil) throws -> Model {
    let packing = packing ?? .standard(arithmetic)
    guard packing.serves(arithmetic) else {
      let possible = WeightPacking.allCases.filter { $0.serves(arithmetic) }.map(\.rawValue)
      throw NetworkError.input(
        "weights under \(arithmetic.rawValue) arithmetic are stored as \(possible.joined(separator: ", ")), not as"
          + " \(packing.rawValue)")
    }
    if let plan = rounding.plan {
      return try IntegerExport.model(self, plan: plan, packing: packing)
    }
    return try floatSumModel(packing: packing)
  }

  /// The model whose weights and layers' inputs alone are integers.
  private func floatSumModel(packing: WeightPacking) throws -> Model {
    let types = float.layers.indices.map { storedBits(ofLayer: $0, packing) }
    let needed = types.map { $0 == 2 ? 25 : $0 == 4 ? 21 : 13 }.max() ?? 13
    var model = try float.source.upgraded(toOpset: needed)
    var roundedValues: [String: String] = [:]
    var nodes: [Node] = []
    let layersOfNodes = Dictionary(
      float.steps.filter { !$0.layers.isEmpty }.map { ($0.node.name, $0.layers) }
    ) { first, _ in first }

    for node in model.graph.nodes {
      guard let forms = layersOfNodes[node.name], let layer = forms.first?.layer else {
        nodes.append(node)
        continue
      }
      var node = node
      if float.layers[layer].isWeightOnly {
        nodes += try withRoundedWeights(node, forms, types, in: &model.graph)
        continue
      }
      if configuration[layer].isFloat {
        let weight = try floatWeightNode(of: layer, value: node.inputs[1], in: &model.graph)
        node.inputs[1] = weight.outputs[0]
        nodes += [weight] + (try shifted(node, layer: layer, in: &model.graph))
        continue
      }
      let source = node.inputs[0]
      // Layers that share an input and its bits share the rounded value.
      let key = "\(source)/\(configuration[layer].activationBits)"
      if roundedValues[key] == nil {
        let added = roundingNodes(of: source, by: quantizers[layer], in: &model.graph)
        roundedValues[key] = added.value
        nodes += added.nodes
      }
      node.inputs[0] = roundedValues[key] ?? source
      let weight = try dequantizingNode(
        weights[layer], storedBits: types[layer], of: node.inputs[1], in: &model.graph)
      nodes.append(weight)
      node.inputs[1] = weight.outputs[0]
      for part in try shifted(node, layer: layer, in: &model.graph) {
        let isAllBytes =
          configuration[layer].weightBits == 8 && configuration[layer].activationBits == 8
        nodes += isAllBytes ? [part] : try withBiasApart(part, layer: float.layers[layer], in: &model.graph)
      }
    }
    model.graph.nodes = nodes
    model.graph.valueInfos = []
    // What weights were computed from, such as their transposes, is of no use beside the integers.
    model.graph.removeUnusedNodes()
    model.graph.removeUnusedInitializers()
    model.producerName = "swift-emq"
    model.producerVersion = ""
    let encodings = zip(float.layers, zip(configuration.weightBits, configuration.activationBits)).map {
      LayerEncoding(name: $0.name, weightBits: $1.0, activationBits: $1.1)
    }
    model.metadata.removeAll { $0.key == LayerEncoding.metadataKey }
    model.metadata.append(try LayerEncoding.metadata(encodings))
    return model
  }

  /// A node whose weights alone are rounded, after what gives these.
  private func withRoundedWeights(
    _ given: Node, _ forms: [StepLayer], _ types: [Int], in graph: inout Graph
  ) throws -> [Node] {
    var node = given
    var nodes: [Node] = []
    for form in forms {
      let (layer, value) = (form.layer, node.inputs[form.weightInput])
      let weight =
        try configuration[layer].isFloat
        ? floatWeightNode(of: layer, value: value, in: &graph)
        : dequantizingNode(weights[layer], storedBits: types[layer], of: value, in: &graph)
      nodes.append(weight)
      var name = weight.outputs[0]
      if let shape = float.valueIndices[value].flatMap({ float.constants[$0]?.shape }),
        shape != float.layers[layer].weightShape
      {
        let shaped = unusedBase("\(name)_shaped", in: graph)
        graph.initializers["\(shaped).s"] = TensorValue(shape.map { Int64($0) }, shape: [shape.count])
        nodes.append(Node("Reshape", name: shaped, inputs: [name, "\(shaped).s"], outputs: [shaped]))
        name = shaped
      }
      node.inputs[form.weightInput] = name
    }
    return nodes + [node]
  }

  /// Bits that a layer's integers take in the file.
  private func storedBits(ofLayer layer: Int, _ packing: WeightPacking) -> Int {
    let bits = packing.storedBits(configuration[layer].weightBits)
    guard bits == 2 else { return bits }
    // ONNX Runtime 1.32 multiplies by columns of 2-bit weights wrongly; by rows it is right. A convolution that is
    // rounded right after it, as one without a bias may be, becomes an operator that does not take 2-bit weights.
    let described = float.layers[layer]
    let hasBias = described.biasName != nil || shifts[layer] != nil
    return described.outputAxis == 0 && hasBias ? 2 : 4
  }

  /// A layer followed by the sum with its bias.
  ///
  /// ONNX Runtime rounds the bias of a layer whose input and weight are dequantized to multiples of both scales, which is
  /// coarse where these have few bits, and may fuse the layer with what rounds its output, which 2-bit weights do not
  /// stand. A sum of its own is left alone.
  private func withBiasApart(
    _ node: Node, layer: QuantizableLayer, in graph: inout Graph
  ) throws -> [Node] {
    guard node.inputs.count > 2, var bias = graph.initializers[node.inputs[2]],
      bias.count == layer.outputChannels, try node.operatorType == "Conv" || (node.float("beta") ?? 1) == 1
    else { return [node] }
    let rank = layer.weightShape.count
    let name = graph.uniqueValueName("\(node.inputs[2])_channels")
    bias.shape = [1, bias.count] + [Int](repeating: 1, count: rank - 2)
    graph.initializers[name] = bias
    var convolution = node
    convolution.inputs = Array(node.inputs.prefix(2))
    convolution.outputs = [graph.uniqueValueName("\(node.outputs[0])_before")]
    return [
      convolution, Node("Add", name: name, inputs: [convolution.outputs[0], name], outputs: node.outputs),
    ]
  }

  /// A name for a value of which the graph has neither the value nor what it is made of.
  private func unusedBase(_ wanted: String, in graph: Graph) -> String {
    var base = graph.uniqueValueName(wanted)
    while graph.initializers["\(base).s"] != nil { base = graph.uniqueValueName(base + "_") }
    return base
  }

  private func roundingNodes(
    of value: String, by quantizer: ActivationQuantizer, in graph: inout Graph
  ) -> (value: String, nodes: [Node]) {
    let base = unusedBase("\(value)_\(quantizer.bits)bit", in: graph)
    let (scale, zero) = ("\(base).s", "\(base).z")
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
        "QuantizeLinear", name: "\(base).quantize", inputs: [source, scale, zero],
        outputs: ["\(base).q"]))
    nodes.append(
      Node(
        "DequantizeLinear", name: base, inputs: ["\(base).q", scale, zero],
        outputs: [base]))
    return (base, nodes)
  }

  /// The weight of a layer that stays float, stored in half precision.
  private func floatWeightNode(of layer: Int, value: String, in graph: inout Graph) throws -> Node {
    let base = unusedBase("\(value)_half", in: graph)
    let halves = try network.weights[layer].contiguous().converted(to: .float16)
    graph.initializers["\(base).s"] = TensorValue(
      dataType: .float16, shape: halves.shape, bytes: try halves.bytes())
    return Node(
      "Cast", name: base, inputs: ["\(base).s"], outputs: [base],
      attributes: ["to": .integer(DataType.float.rawValue)])
  }

  private func dequantizingNode(
    _ weight: QuantizedWeight, storedBits: Int, of value: String, in graph: inout Graph
  ) throws -> Node {
    let base = unusedBase("\(value)_\(weight.bits)bit", in: graph)
    let levels = try weight.levels.integers().map { Int($0) }
    let zeros = try weight.grid.zeros.integers().map { Int($0) }
    let shape = weight.levels.shape
    let isSigned = weight.grid.isSymmetric
    func stored(_ integers: [Int], shape: [Int]) -> TensorValue {
      TensorValue.PackedWidth(rawValue: storedBits).map {
        TensorValue(packed: integers, width: $0, signed: isSigned, shape: shape)
      } ?? TensorValue(bytes: integers, signed: isSigned, shape: shape)
    }
    // One scale for the whole tensor is a number, not a list.
    let isTensor = weight.grid.scheme.granularity == .tensor
    let scales = try weight.grid.scales.floats()
    let kept = isTensor ? 1 : scales.count
    let gridShape = isTensor ? [] : [scales.count]
    graph.initializers["\(base).q"] = stored(levels, shape: shape)
    graph.initializers["\(base).s"] = TensorValue(Array(scales.prefix(kept)), shape: gridShape)
    graph.initializers["\(base).z"] = stored(Array(zeros.prefix(kept)), shape: gridShape)
    return Node(
      "DequantizeLinear", name: base,
      inputs: ["\(base).q", "\(base).s", "\(base).z"], outputs: [base],
      attributes: isTensor ? [:] : ["axis": .integer(weight.grid.axis)])
  }

  /// A layer's node, with the shift of its channels in its bias, or in a sum after it where it has none.
  private func shifted(_ node: Node, layer: Int, in graph: inout Graph) throws -> [Node] {
    guard let shift = try shifts[layer]?.floats() else { return [node] }
    var node = node
    let base = graph.uniqueValueName("\(node.outputs[0])_bias")
    let name = float.layers[layer].biasName
    if node.operatorType == "Conv" {
      let bias =
        try name.flatMap { graph.initializers[$0] }?.floats() ?? float.bias(ofLayer: layer)?.floats()
        ?? shift.map { _ in 0 }
      graph.initializers[base] = TensorValue(zip(bias, shift).map { $0 + $1 }, shape: [shift.count])
      node.inputs = [node.inputs[0], node.inputs[1], base]
      return [node]
    }
    graph.initializers[base] = TensorValue(shift, shape: [shift.count])
    let output = node.outputs[0]
    node.outputs[0] = "\(base)_before"
    return [node, Node("Add", name: "\(base)_add", inputs: [node.outputs[0], base], outputs: [output])]
  }
}
