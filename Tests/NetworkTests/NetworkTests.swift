import Network
import ONNX
import TestSupport
import Testing

@Suite("Network")
struct NetworkTests {
  @Test("images of another shape are refused with both shapes")
  func imageShape() throws {
    let network = try Network(SmallNetwork.model(), name: "small")
    #expect {
      try network.requireImageShape([3, 6, 6], from: "images")
    } throws: { error in
      "\(error)".contains("[3, 6, 6]") && "\(error)".contains("[2, 6, 6]") && !"\(error)".contains("--")
    }
  }

  @Test("images whose channels are last fit a network that takes them so")
  func channelsLast() throws {
    var model = try SmallNetwork.model().inserting(
      [
        Node(
          "Transpose", name: "to_channels_first", inputs: ["images"], outputs: ["images_after"],
          attributes: ["perm": .integers([0, 3, 1, 2])])
      ], after: "images")
    model.graph.inputs[0].shape = [.named("batch"), .fixed(6), .fixed(6), .fixed(2)]
    let network = try Network(model, name: "last.onnx")
    #expect(network.inputShape == [6, 6, 2])
    #expect(network.inputs[0].takesChannelsLast([2, 6, 6]))
    try network.requireImageShape([2, 6, 6], from: "images")
    #expect(throws: NetworkError.self) { try network.requireImageShape([3, 6, 6], from: "images") }
  }

  @Test("a size that is left open is asked for in words")
  func openSize() throws {
    var model = try SmallNetwork.model()
    model.graph.inputs[0].shape = [.named("batch"), .fixed(2), .named("height"), .fixed(6)]
    #expect {
      _ = try Network(model, name: "open.onnx")
    } throws: { error in
      "\(error)".contains("leaves a size open") && "\(error)".contains("3x224x224")
        && !"\(error)".contains("--")
    }
    #expect(try Network(model, inputShape: [2, 6, 6]).layers.count == 5)
  }

  @Test("an identity does not depend on whether constants are nodes in the file")
  func digest() throws {
    let model = try SmallNetwork.model().withConstantNodes()
    let read = try Model(model.serialized(), name: "constants")
    #expect(!read.graph.initializers.isEmpty)
    // A model that was never read keeps its Constant nodes, as all models were kept once.
    #expect(try Network(read).digest() == Network(model).digest())
    var changed = read
    changed.graph.initializers["classifier_bias"] = TensorValue([Float](repeating: 3, count: 5), shape: [5])
    #expect(try Network(changed).digest() != Network(read).digest())
  }

  @Test("a node that fails is named with the batch that it failed on")
  func failure() throws {
    let images = try SmallNetwork.images(3)
    let network = try Network(SmallNetwork.model(), name: "small")
    #expect {
      _ = try network.logits(images.reshaped([3, 3, 2, 12]))
    } throws: { error in
      "\(error)".contains("node \"conv1\"") && "\(error)".contains("a batch of 3: ")
    }
  }
}
