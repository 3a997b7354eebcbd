import ONNX

/// Builds small networks by hand; a node and what it gives have the same name.
public struct NetworkBuilder {
  /// The graph so far.
  public var graph: Graph
  private var seed = 1

  /// Begins with images [N, channels, size, size] that are called x.
  public init(channels: Int = 4, size: Int = 6) {
    graph = Graph(
      name: "built",
      inputs: [
        ValueInfo(name: "x", shape: [.named("n"), .fixed(channels), .fixed(size), .fixed(size)])
      ], outputs: [])
  }

  /// Numbers from −1 to 1 that look random, others at each call.
  public mutating func numbers(_ count: Int, times factor: Float = 1) -> [Float] {
    seed += 17
    return (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 1009) / 504.5 - 1 }.map { $0 * factor }
  }

  /// Adds a constant.
  @discardableResult
  public mutating func constant(_ name: String, _ value: TensorValue) -> String {
    graph.initializers[name] = value
    return name
  }

  /// Adds a node.
  @discardableResult
  public mutating func add(
    _ operatorType: String, _ name: String, _ inputs: [String], _ attributes: (String, Attribute)...
  ) -> String {
    graph.nodes.append(
      Node(
        operatorType, name: name, inputs: inputs, outputs: [name],
        attributes: .init(uniqueKeysWithValues: attributes)))
    return name
  }

  /// Adds a convolution that keeps height and width.
  @discardableResult
  public mutating func convolution(
    _ name: String, _ input: String, from channels: Int = 4, to outputs: Int = 4, kernel: Int = 3,
    groups: Int = 1
  ) -> String {
    let shape = [outputs, channels / groups, kernel, kernel]
    let factor = 2 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
    constant("\(name).w", TensorValue(numbers(shape.reduce(1, *), times: factor), shape: shape))
    constant("\(name).b", TensorValue(numbers(outputs, times: 0.3), shape: [outputs]))
    return add(
      "Conv", name, [input, "\(name).w", "\(name).b"],
      ("pads", .integers([Int](repeating: kernel / 2, count: 4))), ("group", .integer(groups)))
  }

  /// Adds a mean over height and width, and a classifier.
  @discardableResult
  public mutating func classifier(
    _ name: String, _ input: String, from channels: Int = 4, to classes: Int = 5
  )
    -> String
  {
    add("GlobalAveragePool", "\(name).mean", [input])
    add("Flatten", "\(name).flat", ["\(name).mean"])
    return product(name, "\(name).flat", from: channels, to: classes)
  }

  /// Adds a Gemm.
  @discardableResult
  public mutating func product(_ name: String, _ input: String, from: Int, to: Int) -> String {
    constant("\(name).w", TensorValue(numbers(from * to), shape: [from, to]))
    constant("\(name).b", TensorValue(numbers(to, times: 0.3), shape: [to]))
    return add("Gemm", name, [input, "\(name).w", "\(name).b"])
  }

  /// The model.
  public func model(_ outputs: String..., opset: Int = 17) -> Model {
    var graph = graph
    graph.outputs = outputs.map { ValueInfo(name: $0) }
    return Model(graph: graph, opset: opset, irVersion: 8)
  }
}
