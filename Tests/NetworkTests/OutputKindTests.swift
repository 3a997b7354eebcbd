import Foundation
import Network
import ONNX
import TestSupport
import Testing
import Torch

@Suite("Kinds of outputs")
struct OutputKindTests {
  private let model: Model
  private let images: Tensor

  init() throws {
    model = try SmallNetwork.model()
    images = try SmallNetwork.images()
  }

  @Test(
    "a final softmax changes neither logits nor what is measured of them", arguments: SoftmaxEnding.allCases)
  func finalSoftmax(ending: SoftmaxEnding) throws {
    let (plain, soft) = try (Network(model), Network(model.endingInSoftmax(ending)))
    #expect(plain.outputKind == .logits && soft.outputKind == .probabilities)
    let (expected, found) = try (plain.logits(images), soft.logits(images))
    #expect(try found.bytes() == expected.bytes())
    let labels = [0, 1, 2, 3]
    #expect(
      try Evaluation(logits: [found], labels: labels, classCount: 5).loss
        == Evaluation(logits: [expected], labels: labels, classCount: 5).loss)
    #expect(soft.isPiecewiseLinear && soft.classCount == 5)
    // The model, of which files are made, keeps it.
    #expect(soft.source.graph.nodes.contains { $0.operatorType == "Softmax" })
  }

  @Test("a softmax of an old operator set, over all dimensions from the first on, is found too")
  func oldOperatorSet() throws {
    var old = model.endingInSoftmax()
    old.opset = 11
    let network = try Network(old)
    #expect(network.outputKind == .probabilities)
    #expect(try network.logits(images).bytes() == Network(model).logits(images).bytes())
  }

  @Test("other outputs of the softmax do not matter")
  func otherOutputs() throws {
    var labelled = model.endingInSoftmax()
    labelled.graph.nodes.append(
      Node("Neg", name: "negative", inputs: ["classifier_out"], outputs: ["negative"]))
    labelled.graph.outputs.append(ValueInfo(name: "negative"))
    #expect(try Network(labelled).outputKind == .probabilities)
  }

  @Test("a softmax within the network, over another axis, or a logarithm of it is left alone")
  func otherSoftmax() throws {
    func output(_ nodes: [Node]) throws -> Network {
      var changed = model
      changed.graph.nodes += nodes
      changed.graph.outputs[0].name = "y"
      return try Network(changed)
    }
    let plain = try Network(model).logits(images)
    let logarithms = try output([
      Node("LogSoftmax", name: "log", inputs: ["classifier_out"], outputs: ["y"])
    ])
    #expect(logarithms.outputKind == .logits)
    #expect(
      try relativeDifference(logarithms.logits(images).doubles(), plain.logSoftmax(dimension: 1).doubles())
        < 1e-6)

    let scaled = try output([
      Node("Softmax", name: "soft", inputs: ["classifier_out"], outputs: ["soft"]),
      Node("Mul", name: "weighted", inputs: ["soft", "classifier_out"], outputs: ["y"]),
    ])
    #expect(scaled.outputKind == .logits)
    let expected = try plain.logSoftmax(dimension: 1).applying("exp").multiplied(by: plain).doubles()
    #expect(try relativeDifference(scaled.logits(images).doubles(), expected) < 1e-6)

    let images = try output([
      Node(
        "Softmax", name: "over_images", inputs: ["classifier_out"], outputs: ["y"],
        attributes: ["axis": .integer(0)])
    ])
    #expect(images.outputKind == .logits)
  }

  @Test("logits of probabilities are their logarithms, and finite where one is 0")
  func logarithms() throws {
    let output = try Tensor([Float(0.25), 0.75, 0, 1], shape: [2, 2])
    let logits = try OutputKind.probabilities.logits(of: output).doubles()
    #expect(abs(logits[0] - log(0.25)) < 1e-6 && abs(logits[1] - log(0.75)) < 1e-6)
    #expect(abs(logits[2] + 87.3365) < 1e-3 && logits[3] == 0)
    #expect(try OutputKind.logits.logits(of: output).bytes() == output.bytes())
    let outputs = try OutputKind.probabilities.output(
      of: Tensor([Float(0), Float(log(3.0))], shape: [1, 2]), classCount: 2)
    #expect(relativeDifference(try outputs.doubles(), [0.25, 0.75]) < 1e-6)
    let own = try Tensor([Float(1), 3, -300, 20], shape: [2, 2])
    let comparable = try OutputKind.probabilities.comparable(own, classCount: 2).doubles()
    #expect(abs(comparable[1] - comparable[0] - 2) < 1e-6)
    #expect(abs(comparable[2] + 87.3365) < 1e-3)
  }
}
