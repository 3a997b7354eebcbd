import ONNX

/// A small network with a class for each token or pixel, and what `Tests/Golden/position_labels.py` says of it.
public struct PositionLabels: Decodable, Sendable {
  /// Tokens, or images [examples, channels, height, width], one after the other.
  public let inputs: [Double]
  /// The shape of ``inputs``.
  public let inputShape: [Int]
  /// The class of each position; −100 for those that do not count.
  public let labels: [Int]
  /// Weights of the layers.
  public let weights: [[Double]]
  /// Their shapes.
  public let weightShapes: [[Int]]
  /// Logits [examples, positions, classes].
  public let logits: [Double]
  /// The share of positions that are right.
  public let top1: Double
  /// The mean cross-entropy.
  public let loss: Double
  /// The loss's derivatives by the weights.
  public let gradients: [[Double]]
  /// The mean over examples of their squared derivatives.
  public let fisher: [[Double]]
  /// How far each example is with weights rounded to quarters.
  public let divergences: [Double]

  /// The two networks by name.
  public static func all() throws -> [String: PositionLabels] {
    try TestFiles.goldenJSON("position_labels.json", as: [String: PositionLabels].self)
  }

  /// Sizes of an example's positions.
  public var positionShape: [Int] { inputShape.count == 2 ? [inputShape[1]] : Array(inputShape.dropFirst(2)) }

  /// The network.
  ///
  /// - Parameters:
  ///   - isRounded: whether weights are rounded to quarters.
  ///   - endsInSoftmax: whether it gives probabilities.
  public func model(isRounded: Bool = false, endsInSoftmax: Bool = false) -> Model {
    var graph = Graph(
      name: "positions", inputs: [], outputs: [ValueInfo(name: endsInSoftmax ? "y" : "logits")])
    for (index, weight) in weights.enumerated() {
      let values = weight.map { Float(isRounded ? ($0 * 4).rounded(.toNearestOrEven) / 4 : $0) }
      graph.initializers["w\(index)"] = TensorValue(values, shape: weightShapes[index])
    }
    if inputShape.count == 2 {
      graph.inputs = [ValueInfo(name: "x", dataType: .int64, shape: [.named("n"), .named("t")])]
      graph.nodes = [
        Node("Gather", name: "table", inputs: ["w0", "x"], outputs: ["embedded"]),
        Node("MatMul", name: "first", inputs: ["embedded", "w1"], outputs: ["a"]),
        Node("Relu", name: "relu", inputs: ["a"], outputs: ["b"]),
        Node("MatMul", name: "second", inputs: ["b", "w2"], outputs: ["logits"]),
      ]
    } else {
      graph.inputs = [
        ValueInfo(name: "x", shape: [.named("n"), .fixed(inputShape[1]), .named("height"), .named("width")])
      ]
      graph.nodes = [
        Node(
          "Conv", name: "first", inputs: ["x", "w0"], outputs: ["a"],
          attributes: ["pads": .integers([1, 1, 1, 1])]),
        Node("Relu", name: "relu", inputs: ["a"], outputs: ["b"]),
        Node("Conv", name: "second", inputs: ["b", "w1"], outputs: ["logits"]),
      ]
    }
    if endsInSoftmax {
      graph.nodes.append(
        Node(
          "Softmax", name: "softmax", inputs: ["logits"], outputs: ["y"],
          attributes: ["axis": .integer(inputShape.count == 2 ? -1 : 1)]))
    }
    return Model(graph: graph, opset: 17)
  }
}
