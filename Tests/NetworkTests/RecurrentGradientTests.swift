import Network
import ONNX
import TestSupport
import Testing
import Torch

/// Gradients of recurrent layers against differences, in double precision.
@Suite("Gradients of recurrent layers")
struct RecurrentGradientTests {
  struct Layer: Sendable, CustomTestStringConvertible {
    let type: String
    let direction: String
    var resetsProduct = 0
    var testDescription: String { "\(type), \(direction), linear_before_reset \(resetsProduct)" }
    var gates: Int { type == "LSTM" ? 4 : 3 }
    var directions: Int { direction == "bidirectional" ? 2 : 1 }

    static let all = ["forward", "reverse", "bidirectional"].flatMap {
      [
        Layer(type: "LSTM", direction: $0), Layer(type: "GRU", direction: $0),
        Layer(type: "GRU", direction: $0, resetsProduct: 1),
      ]
    }
  }

  /// A layer over three steps of [2, 4] numbers, and a classifier of its last states.
  private func network(_ layer: Layer) throws -> Network {
    var builder = NetworkBuilder(channels: 3, size: 2)
    builder.add("Transpose", "t", ["x"], ("perm", .integers([1, 0, 2, 3])))
    builder.constant("steps", TensorValue([Int64(3), -1, 4], shape: [3]))
    builder.add("Reshape", "s", ["t", "steps"])
    let rows = layer.gates * 2
    let count = layer.directions
    builder.constant("w", TensorValue(builder.numbers(count * rows * 4), shape: [count, rows, 4]))
    builder.constant("r", TensorValue(builder.numbers(count * rows * 2), shape: [count, rows, 2]))
    builder.constant("b", TensorValue(builder.numbers(count * rows * 2), shape: [count, rows * 2]))
    builder.graph.nodes.append(
      Node(
        layer.type, name: "layer", inputs: ["s", "w", "r", "b"], outputs: ["", "h"],
        attributes: ["direction": .string(layer.direction), "hidden_size": .integer(2)]))
    if layer.type == "GRU" {
      builder.graph.nodes[builder.graph.nodes.count - 1].attributes["linear_before_reset"] =
        .integer(layer.resetsProduct)
    }
    builder.add("Transpose", "n", ["h"], ("perm", .integers([1, 0, 2])))
    builder.add("Flatten", "f", ["n"])
    builder.product("y", "f", from: 2 * count, to: 3)
    return try Network(builder.model("y")).converted(to: .float64)
  }

  @Test("are those of differences, for weights, biases and images", arguments: Layer.all)
  func gradients(layer: Layer) throws {
    let network = try network(layer)
    let images = try Tensor((0..<24).map { Double(($0 * 37) % 23) / 11 - 1 }, shape: [2, 3, 2, 2])
    let indices = try ["w", "r", "b"].map { try #require(network.valueIndices[$0]) }
    let values = try [images] + indices.map { try #require(network.constants[$0]) }
    func loss(_ values: [Tensor]) throws -> Tensor {
      let replaced = Dictionary(uniqueKeysWithValues: zip(indices, values.dropFirst()))
      return try network.forward(values[0], replacing: replaced).output.squared().sum()
    }
    let leaves = try values.map { try $0.trackingGradients() }
    let found = try Torch.gradients(of: [loss(leaves)], withRespectTo: leaves)
    for (position, value) in values.enumerated() {
      let numbers = try value.doubles()
      let gradient = try #require(found[position]).doubles()
      for element in stride(from: 0, to: numbers.count, by: 3) {
        func shifted(_ step: Double) throws -> Double {
          var changed = numbers
          changed[element] += step
          var all = values
          all[position] = try Tensor(changed, shape: value.shape)
          return try loss(all).item()
        }
        let difference = try (shifted(1e-5) - shifted(-1e-5)) / 2e-5
        #expect(abs(difference - gradient[element]) < 1e-7 * max(1, abs(difference)))
      }
    }
  }

  @Test("can be taken of gradients", arguments: ["LSTM", "GRU"])
  func second(type: String) throws {
    let network = try network(Layer(type: type, direction: "bidirectional", resetsProduct: 1))
    let index = try #require(network.valueIndices["r"])
    let weight = try #require(network.constants[index]).trackingGradients()
    let images = try Tensor((0..<24).map { Double(($0 * 37) % 23) / 11 - 1 }, shape: [2, 3, 2, 2])
    let output = try network.forward(images, replacing: [index: weight]).output.squared().sum()
    let slope = try #require(
      Torch.gradients(of: [output], withRespectTo: [weight], creatingGraph: true)[0])
    let curvature = try Torch.gradients(of: [slope.sum()], withRespectTo: [weight])[0]
    #expect(try #require(curvature).doubles().contains { $0 != 0 })
  }
}
