import Foundation
import Foundations
import Network
import ONNX
import TestSupport
import Torch

/// A network of fire modules as in SqueezeNet (a squeezing 1×1 convolution, then a 1×1 and a 3×3 convolution side by
/// side whose outputs are joined) with random weights and sparse channels: each convolution's bias leaves few of its
/// outputs above zero, as in trained networks without batch norms.
struct SparseFireNetwork {
  private(set) var model: Model
  let batches: [Tensor]

  private static let modules = 3
  private static let channels = 16
  private static let squeezed = 6
  private static let classes = 5

  init(seed: UInt64 = 5) throws {
    var stream = RandomStream(seed: seed, purpose: "images")
    batches = try (0..<2).map { _ in
      try Tensor((0..<32 * 3 * 64).map { _ in Float(stream.uniform() * 2 - 1) }, shape: [32, 3, 8, 8])
    }
    model = Self.graph(seed: seed)
    try makeSparse()
  }

  private static func graph(seed: UInt64) -> Model {
    var graph = Graph(
      name: "fire",
      inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(3), .fixed(8), .fixed(8)])],
      outputs: [ValueInfo(name: "y")])
    func convolution(_ name: String, _ input: String, from: Int, to: Int, kernel: Int) -> String {
      var stream = RandomStream(seed: seed, purpose: "weight \(name)")
      let scale = (6 / Double(from * kernel * kernel)).squareRoot()
      graph.initializers["\(name).w"] = TensorValue(
        (0..<to * from * kernel * kernel).map { _ in Float((stream.uniform() * 2 - 1) * scale) },
        shape: [to, from, kernel, kernel])
      graph.initializers["\(name).b"] = TensorValue([Float](repeating: 0, count: to), shape: [to])
      let pad = kernel / 2
      graph.nodes.append(
        Node(
          "Conv", name: name, inputs: [input, "\(name).w", "\(name).b"], outputs: [name],
          attributes: ["pads": .integers([pad, pad, pad, pad])]))
      return name
    }
    func activated(_ input: String) -> String {
      graph.nodes.append(Node("Relu", name: "\(input).relu", inputs: [input], outputs: ["\(input).relu"]))
      return "\(input).relu"
    }
    var value = activated(convolution("stem", "x", from: 3, to: channels, kernel: 3))
    for module in 0..<modules {
      let squeeze = activated(
        convolution("squeeze\(module)", value, from: channels, to: squeezed, kernel: 1))
      let branches = [1, 3].map { kernel in
        activated(
          convolution(
            "expand\(module)_\(kernel)", squeeze, from: squeezed, to: channels / 2, kernel: kernel))
      }
      value = "joined\(module)"
      graph.nodes.append(
        Node("Concat", name: value, inputs: branches, outputs: [value], attributes: ["axis": .integer(1)]))
    }
    let scores = convolution("scores", value, from: channels, to: classes, kernel: 1)
    graph.nodes.append(Node("GlobalAveragePool", name: "pool", inputs: [scores], outputs: ["pooled"]))
    graph.nodes.append(Node("Flatten", name: "flatten", inputs: ["pooled"], outputs: ["y"]))
    return Model(graph: graph, opset: 17)
  }

  /// Gives each channel of each convolution but the last, from the first on, a mean of −1.5 and a deviation of 1.
  private mutating func makeSparse() throws {
    let names = try Network(model).layers.map(\.name)
    for (layer, name) in names.enumerated().dropLast() {
      let seen = SeenOutput()
      var taps = Taps()
      taps.output = { index, tensor in
        if index == layer { seen.values.append(tensor) }
        return tensor
      }
      for batch in batches { _ = try Network(model).logits(batch, taps: taps) }
      let all = try Tensor.concatenated(seen.values, dimension: 0)
      let mean = try all.mean(over: [0, 2, 3], keepingRank: true)
      let deviations = try all.subtracting(mean).squared().mean(over: [0, 2, 3]).applying("sqrt").floats()
      let means = try mean.floats()
      guard let weight = model.graph.initializers["\(name).w"] else { continue }
      let size = weight.count / means.count
      let scaled = try weight.floats().enumerated().map { $1 / deviations[$0 / size] }
      model.graph.initializers["\(name).w"] = TensorValue(scaled, shape: weight.shape)
      model.graph.initializers["\(name).b"] = TensorValue(
        zip(means, deviations).map { -1.5 - $0 / $1 }, shape: [means.count])
    }
  }

  private final class SeenOutput {
    var values: [Tensor] = []
  }
}
