import BitModel
import Network
import ONNX
import TestSupport
import Testing
import Torch

@Suite("Network")
struct NetworkTests {
  private func small() throws -> Model { try Model(contentsOf: TestFiles.golden("small-network.onnx")) }

  @Test("lists quantizable layers in graph order with their costs")
  func layers() throws {
    let network = try Network(small())
    #expect(network.layers.map(\.name) == ["conv1", "depthwise", "pointwise", "shortcut", "classifier"])
    #expect(network.layers[0].macs == 6 * 6 * 4 * 2 * 9)
    #expect(network.layers[1].isDepthwise)
    #expect(network.layers[1].macs == 3 * 3 * 4 * 9)
    #expect(network.layers[4].weightShape == [5, 6])
    #expect(network.classCount == 5)
  }

  @Test("activations that are alive together are counted at the bits of the layers that read them")
  func activationMemory() throws {
    let memory = try Network(small()).activationMemory()
    // The residual branch: the depthwise layer's output, then the pointwise one's, beside the shortcut's input.
    let float = memory.floatPeakInBits
    let layers = 5
    func bits(_ bits: Int) -> BitConfiguration {
      BitConfiguration(repeating: BitChoice(weightBits: 8, activationBits: bits), count: layers)
    }
    #expect(memory.peakInBits(bits(32)) <= float)
    #expect(float % 32 == 0 && float / 32 >= 2 * 36 + 4 * 36)
    let readers = Set(memory.buffers.flatMap(\.readers))
    #expect(readers == Set(0..<layers))
    let eight = memory.peakInBits(bits(8))
    let mixed = memory.peakInBits(
      BitConfiguration([8, 4, 4, 4, 8].map { BitChoice(weightBits: 8, activationBits: $0) }))
    #expect(memory.peakInBits(bits(4)) <= mixed && mixed <= eight)
    // By hand: what conv1 makes of the image of 2 by 6 by 6, 4 channels of 6 by 6, stands beside the image.
    let image = try #require(memory.buffers.first)
    #expect(image.elements == 72 && image.readers == [0])
    let first = try #require(memory.buffers.first { $0.readers.contains(1) })
    #expect(first.elements == 4 * 36 && first.readers == [1, 3])
  }

  @Test("layers that are added, and depthwise ones with what they filter, are groups")
  func ties() throws {
    let network = try Network(small())
    #expect(network.groups(tiedBy: .residual) == [[2, 3]])
    #expect(network.groups(tiedBy: .depthwise) == [[0, 1]])
  }

  @Test("folding batch norms keeps the logits")
  func folding() throws {
    let values: [Float] = (0..<144).map { index in Float(index % 17) / 9 - 1 }
    let images = try Tensor(values, shape: [2, 2, 6, 6])
    let model = try small()
    let folded = try model.foldingBatchNormalization()
    #expect(!folded.graph.nodes.contains { $0.operatorType == "BatchNormalization" })
    let expected = try Network(model).logits(images).doubles()
    #expect(relativeDifference(try Network(folded).logits(images).doubles(), expected) < 1e-5)
  }

  @Test("an operator nobody has is named with its node and inputs")
  func unsupported() throws {
    var model = try small()
    let index = try #require(model.graph.nodes.firstIndex { $0.name == "relu1" })
    model.graph.nodes[index].operatorType = "Frobnicate"
    #expect {
      _ = try Network(model, name: "m.onnx")
    } throws: { error in
      "\(error)".hasPrefix("m.onnx: node \"relu1\" (operator Frobnicate, inputs conv1_norm_out)")
    }
  }

  @Test("shape arithmetic becomes constants", .enabled(if: TestFiles.hasShared))
  func shapeArithmetic() throws {
    let model = try Model(contentsOf: TestFiles.shared("models/efficientnet-lite0-imagenet.onnx"))
    let network = try Network(model)
    func shapes(_ operators: [String]) -> Int { operators.count { $0 == "Shape" } }
    // The one that is left asks for the size of the batch.
    #expect(shapes(model.graph.nodes.map(\.operatorType)) > 10)
    #expect(shapes(network.stepOperators) <= 1)
    #expect(network.layers.count == 50)
    #expect(network.isPiecewiseLinear)
  }

  @Test("networks of ReLU are piecewise linear, those of other activations are not")
  func piecewiseLinear() throws {
    var model = try small()
    #expect(try Network(model).isPiecewiseLinear)
    let place = try #require(model.graph.nodes.firstIndex { $0.operatorType == "Relu" })
    let relu = model.graph.nodes[place]
    model.graph.nodes[place] = Node("Sigmoid", name: relu.name, inputs: relu.inputs, outputs: relu.outputs)
    #expect(try !Network(model).isPiecewiseLinear)
  }

  @Test("images of another shape are refused with both shapes")
  func imageShape() throws {
    let network = try Network(small(), name: "small")
    #expect {
      try network.requireImageShape([3, 6, 6], from: "images")
    } throws: { error in
      "\(error)".contains("[3, 6, 6]") && "\(error)".contains("[2, 6, 6]")
    }
  }

  @Test("logits do not depend on the number of threads", arguments: [1, 2, 3])
  func threads(count: Int) throws {
    let network = try Network(small())
    let batches = try (0..<5).map { batch in
      let values: [Float] = (0..<72).map { index in Float((index * 7 + batch * 13) % 23) / 11 - 1 }
      return try Tensor(values, shape: [1, 2, 6, 6])
    }
    let single = try network.logits(batches: batches, threads: 1).map { try $0.bytes() }
    #expect(try network.logits(batches: batches, threads: count).map { try $0.bytes() } == single)
  }
}
