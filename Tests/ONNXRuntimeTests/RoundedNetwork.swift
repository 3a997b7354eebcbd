import ONNX

/// A small network that is rounded to 8 bits, built by hand.
enum RoundedNetwork {
  /// A value through QuantizeLinear and DequantizeLinear.
  private static func round(_ value: String, in graph: inout Graph) -> String {
    graph.initializers["\(value).s"] = TensorValue([0.05], shape: [])
    graph.initializers["\(value).z"] = TensorValue(bytes: [0], signed: false, shape: [])
    graph.nodes += [
      Node(
        "QuantizeLinear", name: "\(value).quantize", inputs: [value, "\(value).s", "\(value).z"],
        outputs: ["\(value).q"]),
      Node(
        "DequantizeLinear", name: "\(value).dequantize", inputs: ["\(value).q", "\(value).s", "\(value).z"],
        outputs: ["\(value).rounded"]),
    ]
    return "\(value).rounded"
  }

  /// A weight of 8 or 4 bits through DequantizeLinear.
  private static func weight(_ name: String, shape: [Int], isPacked: Bool, in graph: inout Graph) -> String {
    let levels = (0..<shape.reduce(1, *)).map { $0 % 13 - 6 }
    graph.initializers["\(name).q"] =
      isPacked
      ? TensorValue(packed: levels, width: .four, signed: true, shape: shape)
      : TensorValue(bytes: levels, signed: true, shape: shape)
    graph.initializers["\(name).s"] = TensorValue([0.1], shape: [])
    graph.nodes.append(
      Node(
        "DequantizeLinear", name: "\(name).dequantize", inputs: ["\(name).q", "\(name).s"], outputs: [name]))
    return name
  }

  /// Two convolutions of which the first is rounded whole, and the second has a weight of 4 bits and a float output.
  static var model: Model {
    var graph = Graph(
      name: "rounded",
      inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(16), .fixed(8), .fixed(8)])],
      outputs: [ValueInfo(name: "y", shape: [.named("n"), .fixed(16)])])
    let input = round("x", in: &graph)
    let first = weight("w1", shape: [16, 16, 3, 3], isPacked: false, in: &graph)
    graph.initializers["b1"] = TensorValue([Float](repeating: 0.5, count: 16), shape: [16])
    graph.nodes += [
      Node(
        "Conv", name: "first", inputs: [input, first, "b1"], outputs: ["c1"],
        attributes: ["pads": .integers([1, 1, 1, 1])]),
      Node("Relu", name: "relu", inputs: ["c1"], outputs: ["r1"]),
    ]
    let middle = round("r1", in: &graph)
    let second = weight("w2", shape: [16, 16, 1, 1], isPacked: true, in: &graph)
    graph.nodes += [
      Node("Conv", name: "second", inputs: [middle, second], outputs: ["c2"]),
      Node("GlobalAveragePool", name: "pool", inputs: ["c2"], outputs: ["pooled"]),
      Node("Flatten", name: "flat", inputs: ["pooled"], outputs: ["y"]),
    ]
    return Model(graph: graph, opset: 21)
  }

  /// A network without weights: one input of some type and shape, and as many more as asked for.
  static func plain(
    inputs: Int = 1, dataType: DataType = .float,
    shape: [Dimension] = [.named("n"), .fixed(4), .fixed(4), .fixed(4)]
  ) -> Model {
    let names = (0..<inputs).map { "x\($0)" }
    var graph = Graph(
      name: "plain", inputs: names.map { ValueInfo(name: $0, dataType: dataType, shape: shape) },
      outputs: [ValueInfo(name: "y", dataType: dataType)])
    graph.nodes = [Node("Abs", name: "abs", inputs: [names[0]], outputs: ["y"])]
    return Model(graph: graph, opset: 17, irVersion: 8)
  }
}
