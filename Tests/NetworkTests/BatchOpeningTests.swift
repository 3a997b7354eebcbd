import Network
import ONNX
import TestSupport
import Testing
import Torch

@Suite("Fixed batches")
struct BatchOpeningTests {
  private let model: Model
  private let images: Tensor
  private let expected: [Double]

  init() throws {
    model = try SmallNetwork.model()
    images = try SmallNetwork.images(5)
    expected = try Network(model).logits(images).doubles()
  }

  /// The model with its Flatten node replaced by a Reshape of [N, 6, 1, 1] to constant sizes.
  private func reshaping(to sizes: [Int64]) throws -> Model {
    var result = model.withBatch(of: 1)
    let index = try #require(result.graph.nodes.firstIndex { $0.operatorType == "Flatten" })
    let node = result.graph.nodes[index]
    result.graph.initializers["sizes"] = TensorValue(sizes, shape: [sizes.count])
    result.graph.nodes[index] = Node(
      "Reshape", name: node.name, inputs: [node.inputs[0], "sizes"], outputs: node.outputs)
    result.graph.valueInfos = [ValueInfo(name: node.outputs[0], shape: [.fixed(1), .fixed(6)])]
    return result
  }

  @Test("open batches stay as they are")
  func open() throws {
    let network = try Network(model)
    #expect(network.batch == .open)
    #expect(network.source.graph.inputs == model.graph.inputs)
  }

  @Test(
    "a batch of one is opened, in the shapes and in reshapes to constant sizes",
    arguments: [[1, 6], [1, -1], [-1, 6], [0, -1]] as [[Int64]])
  func reshapes(sizes: [Int64]) throws {
    let network = try Network(reshaping(to: sizes))
    #expect(network.batch == .opened)
    let graph = network.source.graph
    #expect(graph.inputs[0].shape?.first == .named("batch"))
    #expect(graph.outputs[0].shape == [.named("batch"), .fixed(5)])
    #expect(graph.valueInfos[0].shape == [.named("batch"), .fixed(6)])
    #expect(graph.initializers.values.allSatisfy { $0.shape != [2] || (try? $0.integers().first) != 1 })
    #expect(relativeDifference(try network.logits(images).doubles(), expected) < 1e-6)
    #expect(network.layers.map(\.macs) == (try Network(model).layers.map(\.macs)))
  }

  @Test("a batch of several is opened, too")
  func several() throws {
    let network = try Network(model.withBatch(of: 3))
    #expect(network.batch == .opened)
    #expect(relativeDifference(try network.logits(images).doubles(), expected) < 1e-6)
  }

  /// The model with the images' batch made away with for a moment, which no rewriting undoes.
  private func squeezing(batch: Int = 1) -> Model {
    var result = model.withBatch(of: batch).inserting(
      [
        Node("Squeeze", name: "squeeze", inputs: ["relu1_out", "zero"], outputs: ["squeezed"]),
        Node(
          "Transpose", name: "turn", inputs: ["squeezed"], outputs: ["turned"],
          attributes: ["perm": .integers([0, 2, 1])]),
        Node("Unsqueeze", name: "unsqueeze", inputs: ["turned", "zero"], outputs: ["relu1_out_after"]),
      ], after: "relu1_out")
    result.graph.initializers["zero"] = TensorValue([Int64(0)], shape: [1])
    return result
  }

  @Test("where the graph needs a batch of one, images are run one by one")
  func imageByImage() throws {
    let network = try Network(squeezing())
    #expect(network.batch == .fixed(1))
    #expect(network.source.graph.inputs[0].shape?.first == .fixed(1))
    let single = try (0..<5).flatMap { index in
      try network.logits(images.sliced(dimension: 0, from: index, to: index + 1)).doubles()
    }
    #expect(relativeDifference(try network.logits(images).doubles(), single) < 1e-6)
    #expect(network.layers.count == 5)
    // Gradients flow through the pieces.
    let weight = try #require(network.weights.first).trackingGradients()
    let index = network.weightIndices[0]
    let output = try network.forward(images, replacing: [index: weight]).output.sum()
    let gradient = try #require(gradients(of: [output], withRespectTo: [weight])[0])
    #expect(try gradient.absolute().sum().item() > 0)
  }

  @Test("a reshape that moves images into one another is not taken for one of the batch")
  func mixing() throws {
    // Turned so that the batch is second: opened at the front, rows of images would be mixed.
    var mixed = model.withBatch(of: 1).inserting(
      [
        Node("Transpose", name: "turn", inputs: ["flatten_out"], outputs: ["turned"]),
        Node("Reshape", name: "back", inputs: ["turned", "row"], outputs: ["flatten_out_after"]),
      ], after: "flatten_out")
    mixed.graph.initializers["row"] = TensorValue([Int64(1), 6], shape: [2])
    let network = try Network(mixed)
    #expect(network.batch == .fixed(1))
    #expect(relativeDifference(try network.logits(images).doubles(), expected) < 1e-6)
  }

  @Test("a batch of several that cannot be opened is refused with the reason")
  func refused() throws {
    var fixed = model.withBatch(of: 2).inserting(
      [
        Node("Transpose", name: "turn", inputs: ["flatten_out"], outputs: ["turned"]),
        Node("Reshape", name: "rows", inputs: ["turned", "rows"], outputs: ["flatten_out_after"]),
      ], after: "flatten_out")
    fixed.graph.initializers["rows"] = TensorValue([Int64(2), 6], shape: [2])
    #expect {
      _ = try Network(fixed, name: "two.onnx")
    } throws: { error in
      "\(error)".contains("two.onnx: its batch is fixed at 2 and cannot be opened")
    }
  }
}
