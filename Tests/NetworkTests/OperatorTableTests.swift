import Network
import ONNX
import TestSupport
import Testing

@Suite("Operator table")
struct OperatorTableTests {
  private func message(_ changes: [(node: String, operatorType: String)]) throws -> String {
    var model = try SmallNetwork.model()
    for (name, operatorType) in changes {
      let index = try #require(model.graph.nodes.firstIndex { $0.name == name })
      model.graph.nodes[index].operatorType = operatorType
    }
    do {
      _ = try Network(model, name: "m.onnx")
      return ""
    } catch { return "\(error)" }
  }

  @Test("an operator nobody has is named with its node and inputs, without advice")
  func one() throws {
    #expect(
      try message([("relu1", "Frobnicate")])
        == "m.onnx: node \"relu1\" (operator Frobnicate, inputs conv1_norm_out): this operator is not supported"
    )
  }

  @Test("all operators that are not supported are named at once, with a node of each")
  func several() throws {
    #expect(
      try message([("relu1", "Deform"), ("relu2", "Frobnicate"), ("relu3", "Deform")])
        == "m.onnx: these operators are not supported: Deform (node \"relu1\" and 1 more), Frobnicate (node \"relu2\")"
    )
  }
}
