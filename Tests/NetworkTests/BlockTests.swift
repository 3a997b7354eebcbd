import Network
import ONNX
import TestSupport
import Testing

@Suite("Blocks")
struct BlockTests {
  private func layers(_ model: Model) throws -> [[Int]] { try Network(model).blocks().map(\.layers) }

  @Test("a residual block is one piece, layers in a chain are pieces by themselves")
  func residual() throws {
    let network = try Network(SmallNetwork.model().foldingBatchNormalization())
    let blocks = network.blocks()
    // The first convolution; the two branches and what adds them; the classifier.
    #expect(blocks.map(\.layers) == [[0], [1, 2, 3], [4]])
    // Steps by hand: Conv, Relu | Conv, Relu, Conv, Conv, Add, Relu, GlobalAveragePool, Flatten | Gemm.
    #expect(blocks.map(\.steps) == [0..<2, 2..<10, 10..<11])
    #expect(network.stepOperators.count == 11)
  }

  @Test("each piece takes what the one before gives, from the images to the logits")
  func connected() throws {
    let network = try Network(SmallNetwork.model())
    let blocks = network.blocks()
    for (first, second) in zip(blocks, blocks.dropFirst()) {
      #expect(first.output == second.input)
      #expect(first.steps.upperBound == second.steps.lowerBound)
    }
    #expect(blocks.first?.input == network.valueIndices["images"])
    #expect(blocks.last?.output == network.valueIndices["classifier_out"])
    #expect(blocks.flatMap(\.layers) == Array(network.layers.indices))
  }

  @Test("what comes before the first layer belongs to its piece")
  func beginning() throws {
    let model = try SmallNetwork.model().inserting(
      [Node("Relu", name: "before", inputs: ["images"], outputs: ["images_after"])], after: "images")
    let blocks = try Network(model).blocks()
    #expect(blocks.map(\.layers) == [[0], [1, 2, 3], [4]])
    #expect(blocks.first?.steps.lowerBound == 0)
  }

  @Test("a value that lives to the end makes all that it spans one piece")
  func spanning() throws {
    // The logits are added to the sum over the image's channels, so that the images are alive all the while.
    var model = try SmallNetwork.model()
    model.graph.nodes += [
      Node("GlobalAveragePool", name: "means", inputs: ["images"], outputs: ["means"]),
      Node("Flatten", name: "flat_means", inputs: ["means"], outputs: ["flat_means"]),
      Node("ReduceSum", name: "total", inputs: ["flat_means", "one"], outputs: ["total"]),
      Node("Add", name: "y", inputs: ["classifier_out", "total"], outputs: ["y"]),
    ]
    model.graph.initializers["one"] = TensorValue([Int64(1)], shape: [1])
    model.graph.outputs[0].name = "y"
    #expect(try layers(model) == [[0, 1, 2, 3, 4]])
  }
}
