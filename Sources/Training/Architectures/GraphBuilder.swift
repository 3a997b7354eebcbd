import Foundation
import Foundations
import ONNX

/// Builds an ONNX graph layer by layer, with random weights.
struct GraphBuilder {
  private(set) var graph: Graph
  private let seed: UInt64

  /// Begins a graph with images of `inputShape` [channels, height, width].
  init(name: String, inputShape: [Int], seed: UInt64) {
    self.seed = seed
    graph = Graph(
      name: name,
      inputs: [ValueInfo(name: "images", shape: [.named("batch")] + inputShape.map { .fixed($0) })],
      outputs: [])
  }

  /// Normal numbers of variance 2 / fan (He et al., arXiv 1502.01852, equation 14).
  private func normal(_ name: String, shape: [Int], fan: Int) -> TensorValue {
    normal(name, shape: shape, variance: 2 / Double(fan))
  }

  private func normal(_ name: String, shape: [Int], variance: Double) -> TensorValue {
    var stream = RandomStream(seed: seed, purpose: "weight \(name)")
    let deviation = variance.squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      let radius = (-2 * log(1 - stream.uniform())).squareRoot()
      return Float(deviation * radius * cos(2 * .pi * stream.uniform()))
    }
    return TensorValue(values, shape: shape)
  }

  /// A node whose one output has its name.
  mutating func node(
    _ operatorType: String, _ name: String, _ inputs: [String], _ attributes: [(String, Attribute)] = []
  ) -> String {
    nodes(operatorType, name, inputs, outputs: [name], attributes)
    return name
  }

  /// A node with several outputs.
  mutating func nodes(
    _ operatorType: String, _ name: String, _ inputs: [String], outputs: [String],
    _ attributes: [(String, Attribute)] = []
  ) {
    graph.nodes.append(
      Node(
        operatorType, name: name, inputs: inputs, outputs: outputs,
        attributes: .init(uniqueKeysWithValues: attributes)))
  }

  /// A constant of one number.
  mutating func number(_ name: String, _ value: Float) -> String {
    graph.initializers[name] = TensorValue([value], shape: [])
    return name
  }

  /// A constant list of integers, such as a shape.
  mutating func integers(_ name: String, _ values: [Int]) -> String {
    graph.initializers[name] = TensorValue(values.map { Int64($0) }, shape: [values.count])
    return name
  }

  /// A constant of given numbers.
  mutating func constants(_ name: String, _ values: [Float], shape: [Int]) -> String {
    graph.initializers[name] = TensorValue(values, shape: shape)
    return name
  }

  /// A constant of normal numbers, which training changes.
  mutating func random(_ name: String, shape: [Int], variance: Double) -> String {
    graph.initializers[name] = normal(name, shape: shape, variance: variance)
    return name
  }

  private mutating func constant(_ name: String, _ value: Float, count: Int) -> String {
    constants(name, [Float](repeating: value, count: count), shape: [count])
  }

  /// A convolution with a square kernel, padded to keep the size at stride 1, and its batch norm.
  mutating func convolution(
    _ name: String, _ input: String, channels: (from: Int, to: Int), kernel: Int, stride: Int = 1,
    groups: Int = 1
  ) -> String {
    let shape = [channels.to, channels.from / groups, kernel, kernel]
    graph.initializers["\(name).weight"] = normal(
      name, shape: shape, fan: channels.to / groups * kernel * kernel)
    let pad = kernel / 2
    let output = node(
      "Conv", name, [input, "\(name).weight"],
      [
        ("kernel_shape", .integers([kernel, kernel])), ("strides", .integers([stride, stride])),
        ("pads", .integers([pad, pad, pad, pad])), ("group", .integer(groups)),
      ])
    let norm = "\(name).norm"
    return node(
      "BatchNormalization", norm,
      [
        output, constant("\(norm).scale", 1, count: channels.to),
        constant("\(norm).shift", 0, count: channels.to),
        constant("\(norm).mean", 0, count: channels.to), constant("\(norm).variance", 1, count: channels.to),
      ])
  }

  mutating func relu(_ name: String, _ input: String) -> String { node("Relu", name, [input]) }

  /// Limits to 0 ... 6, as MobileNets do.
  mutating func relu6(_ name: String, _ input: String) -> String {
    node("Clip", name, [input, number("zero", 0), number("six", 6)])
  }

  mutating func sum(_ name: String, _ left: String, _ right: String) -> String {
    node("Add", name, [left, right])
  }

  /// A 1×1 convolution with a bias in place of a batch norm.
  mutating func biasedConvolution(_ name: String, _ input: String, channels: (from: Int, to: Int)) -> String {
    let weight = random(
      "\(name).weight", shape: [channels.to, channels.from, 1, 1], variance: 2 / Double(channels.from))
    return node(
      "Conv", name, [input, weight, constant("\(name).bias", 0, count: channels.to)],
      [("kernel_shape", .integers([1, 1]))])
  }

  /// A product with a constant matrix and a bias, for inputs [..., from].
  mutating func linear(_ name: String, _ input: String, from: Int, to: Int) -> String {
    let weight = random("\(name).weight", shape: [from, to], variance: 1 / Double(from))
    let product = node("MatMul", name, [input, weight])
    return sum("\(name).sum", product, constant("\(name).bias", 0, count: to))
  }

  /// A layer norm over the last dimension.
  mutating func norm(_ name: String, _ input: String, width: Int) -> String {
    node(
      "LayerNormalization", name,
      [input, constant("\(name).scale", 1, count: width), constant("\(name).shift", 0, count: width)],
      [("axis", .integer(-1))])
  }

  /// Global average pooling and a fully connected layer; ends the graph.
  mutating func classifier(_ input: String, channels: Int, classes: Int) {
    let pooled = node("GlobalAveragePool", "pool", [input])
    fullyConnected(node("Flatten", "flatten", [pooled]), channels: channels, classes: classes)
  }

  /// A fully connected layer; ends the graph.
  mutating func fullyConnected(_ flat: String, channels: Int, classes: Int) {
    graph.initializers["classifier.weight"] = normal("classifier", shape: [classes, channels], fan: channels)
    let logits = node(
      "Gemm", "logits", [flat, "classifier.weight", constant("classifier.bias", 0, count: classes)],
      [("transB", .integer(1))])
    graph.outputs = [ValueInfo(name: logits, shape: [.named("batch"), .fixed(classes)])]
  }
}
