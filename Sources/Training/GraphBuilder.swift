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
    var stream = RandomStream(seed: seed, purpose: "weight \(name)")
    let deviation = (2 / Double(fan)).squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      let radius = (-2 * log(1 - stream.uniform())).squareRoot()
      return Float(deviation * radius * cos(2 * .pi * stream.uniform()))
    }
    return TensorValue(values, shape: shape)
  }

  private mutating func add(
    _ operatorType: String, _ name: String, _ inputs: [String],
    _ attributes: [(String, Attribute)] = []
  ) -> String {
    graph.nodes.append(
      Node(
        operatorType, name: name, inputs: inputs, outputs: [name],
        attributes: .init(uniqueKeysWithValues: attributes)))
    return name
  }

  private mutating func constant(_ name: String, _ value: Float, count: Int) -> String {
    graph.initializers[name] = TensorValue([Float](repeating: value, count: count), shape: [count])
    return name
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
    let output = add(
      "Conv", name, [input, "\(name).weight"],
      [
        ("kernel_shape", .integers([kernel, kernel])), ("strides", .integers([stride, stride])),
        ("pads", .integers([pad, pad, pad, pad])), ("group", .integer(groups)),
      ])
    let norm = "\(name).norm"
    return add(
      "BatchNormalization", norm,
      [
        output, constant("\(norm).scale", 1, count: channels.to),
        constant("\(norm).shift", 0, count: channels.to),
        constant("\(norm).mean", 0, count: channels.to), constant("\(norm).variance", 1, count: channels.to),
      ])
  }

  mutating func relu(_ name: String, _ input: String) -> String { add("Relu", name, [input]) }

  /// Limits to 0 ... 6, as MobileNets do.
  mutating func relu6(_ name: String, _ input: String) -> String {
    graph.initializers["zero"] = TensorValue([Float(0)], shape: [])
    graph.initializers["six"] = TensorValue([Float(6)], shape: [])
    return add("Clip", name, [input, "zero", "six"])
  }

  mutating func sum(_ name: String, _ left: String, _ right: String) -> String {
    add("Add", name, [left, right])
  }

  /// Global average pooling and a fully connected layer; ends the graph.
  mutating func classifier(_ input: String, channels: Int, classes: Int) {
    let pooled = add("GlobalAveragePool", "pool", [input])
    let flat = add("Flatten", "flatten", [pooled])
    graph.initializers["classifier.weight"] = normal("classifier", shape: [classes, channels], fan: channels)
    let logits = add(
      "Gemm", "logits", [flat, "classifier.weight", constant("classifier.bias", 0, count: classes)],
      [("transB", .integer(1))])
    graph.outputs = [ValueInfo(name: logits, shape: [.named("batch"), .fixed(classes)])]
  }
}
