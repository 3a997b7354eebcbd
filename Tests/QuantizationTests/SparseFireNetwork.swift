import Foundations
import ONNX
import Torch

/// A network of fire modules as in SqueezeNet (a squeezing 1×1 convolution, then a 1×1 and a 3×3 convolution side by
/// side whose outputs are joined) with random weights and sparse channels, as in trained networks without batch norms.
///
/// The first channel of images, and of each module, is large wherever there is background, which is most of an image.
/// The other channels tell objects apart; background keeps them far below zero, where a ReLU cuts them off.
struct SparseFireNetwork {
  let model: Model
  let batches: [Tensor]

  private static let modules = 3
  private static let channels = 16
  private static let squeezed = 6
  private static let classes = 10
  private static let background: Float = 10
  private static let (size, object) = (8, 4)

  init(seed: UInt64) throws {
    batches = try (0..<2).map { try Self.images(count: 32, seed: seed, index: $0) }
    model = Self.model(seed: seed)
  }

  /// A square of random values somewhere in the background.
  private static func images(count: Int, seed: UInt64, index: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed, purpose: "images", index: index)
    var values: [Float] = []
    for _ in 0..<count {
      let top = stream.integer(below: size - object + 1)
      let left = stream.integer(below: size - object + 1)
      for channel in 0..<4 {
        for row in 0..<size {
          for column in 0..<size {
            let value = Float(stream.uniform())
            let isObject = (top..<top + object).contains(row) && (left..<left + object).contains(column)
            switch (channel == 0, isObject) {
            case (true, true), (false, false): values.append(0)
            case (true, false): values.append(background * (0.8 + 0.4 * value))
            case (false, true): values.append(value)
            }
          }
        }
      }
    }
    return try Tensor(values, shape: [count, 4, size, size])
  }

  /// A weight that tells objects apart by all channels but the first, and is kept low by that one.
  ///
  /// - Parameter passesBackground: whether the first output is the background.
  private static func weight(
    _ name: String, from: Int, to: Int, kernel: Int, passesBackground: Bool, seed: UInt64
  ) -> TensorValue {
    var stream = RandomStream(seed: seed, purpose: "weight \(name)")
    let scale = (6 / Double((from - 1) * kernel * kernel)).squareRoot()
    var values: [Float] = []
    for output in 0..<to {
      let carries = passesBackground && output == 0
      let depth = -0.5 * Float(1 + stream.uniform())
      for input in 0..<from {
        for position in 0..<kernel * kernel {
          let value = Float((stream.uniform() * 2 - 1) * scale)
          let isCentre = position == kernel * kernel / 2
          if input > 0 {
            values.append(carries ? 0 : value)
          } else {
            values.append(isCentre ? (carries ? 1 : depth) : 0)
          }
        }
      }
    }
    return TensorValue(values, shape: [to, from, kernel, kernel])
  }

  private static func model(seed: UInt64) -> Model {
    var graph = Graph(
      name: "fire",
      inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(4), .fixed(size), .fixed(size)])],
      outputs: [ValueInfo(name: "y")])
    func convolution(
      _ name: String, _ input: String, from: Int, to: Int, kernel: Int = 1, passesBackground: Bool = true
    ) -> String {
      graph.initializers["\(name).w"] = weight(
        name, from: from, to: to, kernel: kernel, passesBackground: passesBackground, seed: seed)
      let pad = kernel / 2
      graph.nodes.append(
        Node(
          "Conv", name: name, inputs: [input, "\(name).w"], outputs: [name],
          attributes: ["pads": .integers([pad, pad, pad, pad])]))
      graph.nodes.append(Node("Relu", name: "\(name).relu", inputs: [name], outputs: ["\(name).relu"]))
      return "\(name).relu"
    }
    var value = convolution("stem", "x", from: 4, to: channels, kernel: 3)
    for module in 0..<modules {
      let squeeze = convolution("squeeze\(module)", value, from: channels, to: squeezed)
      let branches = [1, 3].map { kernel in
        convolution(
          "expand\(module)_\(kernel)", squeeze, from: squeezed, to: channels / 2, kernel: kernel,
          passesBackground: kernel == 1)
      }
      value = "joined\(module)"
      graph.nodes.append(
        Node("Concat", name: value, inputs: branches, outputs: [value], attributes: ["axis": .integer(1)]))
    }
    var stream = RandomStream(seed: seed, purpose: "weight scores")
    let scale = (6 / Double(channels)).squareRoot()
    graph.initializers["scores.w"] = TensorValue(
      (0..<classes * channels).map { index in
        let value = Float((stream.uniform() * 2 - 1) * scale)
        return index % channels == 0 ? 0 : value
      }, shape: [classes, channels, 1, 1])
    graph.nodes.append(Node("Conv", name: "scores", inputs: [value, "scores.w"], outputs: ["scores"]))
    graph.nodes.append(Node("GlobalAveragePool", name: "pool", inputs: ["scores"], outputs: ["pooled"]))
    graph.nodes.append(Node("Flatten", name: "flatten", inputs: ["pooled"], outputs: ["y"]))
    return Model(graph: graph, opset: 17)
  }
}
