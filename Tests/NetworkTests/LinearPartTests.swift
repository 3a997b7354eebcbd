import Network
import ONNX
import TestSupport
import Testing

@Suite("Linear parts")
struct LinearPartTests {
  @Test("networks of ReLU are piecewise linear, those of other activations are not")
  func piecewiseLinear() throws {
    var model = try SmallNetwork.model()
    #expect(try Network(model).isPiecewiseLinear)
    let place = try #require(model.graph.nodes.firstIndex { $0.operatorType == "Relu" })
    let relu = model.graph.nodes[place]
    model.graph.nodes[place] = Node("Sigmoid", name: relu.name, inputs: relu.inputs, outputs: relu.outputs)
    #expect(try !Network(model).isPiecewiseLinear)
  }
}
