import Network
import ONNX
import TestSupport
import Testing
import Torch

@Suite("Folding")
struct FoldingTests {
  @Test("folding batch norms keeps the logits")
  func folding() throws {
    let values: [Float] = (0..<144).map { index in Float(index % 17) / 9 - 1 }
    let images = try Tensor(values, shape: [2, 2, 6, 6])
    let model = try SmallNetwork.model()
    let folded = try model.foldingBatchNormalization()
    #expect(!folded.graph.nodes.contains { $0.operatorType == "BatchNormalization" })
    let expected = try Network(model).logits(images).doubles()
    #expect(relativeDifference(try Network(folded).logits(images).doubles(), expected) < 1e-5)
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
}
