import ONNX
import TestSupport
import Testing

/// The least operator set that means the same.
@Suite("Least operator set")
struct LeastOpsetTests {
  private func model(_ nodes: Node..., opset: Int) -> Model {
    Model(
      graph: Graph(name: "g", inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")], nodes: nodes),
      opset: opset)
  }

  private func node(_ type: String, _ inputs: Int = 1, _ attributes: [String] = []) -> Node {
    Node(
      type, name: type, inputs: (0..<inputs).map { "x\($0)" }, outputs: ["y"],
      attributes: .init(uniqueKeysWithValues: attributes.map { ($0, .integer(1)) }))
  }

  struct Example: Sendable, CustomTestStringConvertible {
    let type: String
    var inputs = 1
    var attributes: [String] = []
    let opset: Int
    var testDescription: String { "\(type), \(inputs) inputs, \(attributes): \(opset)" }

    static let all = [
      Example(type: "Conv", inputs: 3, attributes: ["group"], opset: 13), Example(type: "Relu", opset: 13),
      Example(type: "HardSwish", opset: 14), Example(type: "LayerNormalization", inputs: 3, opset: 17),
      Example(type: "Gelu", opset: 20), Example(type: "Shape", opset: 13),
      Example(type: "Shape", attributes: ["start"], opset: 15),
      Example(type: "Reshape", inputs: 2, opset: 13),
      Example(type: "Reshape", inputs: 2, attributes: ["allowzero"], opset: 14),
      Example(type: "DequantizeLinear", inputs: 3, attributes: ["axis"], opset: 13),
      Example(type: "DequantizeLinear", inputs: 3, attributes: ["axis", "block_size"], opset: 23),
      Example(type: "QuantizeLinear", inputs: 2, attributes: ["output_dtype"], opset: 23),
      Example(type: "Cast", attributes: ["to"], opset: 13),
      Example(type: "Cast", attributes: ["saturate"], opset: 19),
      Example(type: "AveragePool", attributes: ["dilations"], opset: 19),
      Example(type: "Pad", inputs: 3, opset: 13), Example(type: "Pad", inputs: 4, opset: 18),
      Example(type: "Split", inputs: 2, opset: 13),
      Example(type: "Split", attributes: ["num_outputs"], opset: 18),
      Example(type: "ReduceSum", inputs: 2, opset: 13), Example(type: "ReduceMean", opset: 13),
      Example(type: "ReduceMean", inputs: 2, opset: 18), Example(type: "ReduceProd", inputs: 2, opset: 18),
      Example(type: "LSTM", inputs: 4, attributes: ["hidden_size"], opset: 13),
      Example(type: "GRU", inputs: 4, attributes: ["layout"], opset: 14),
      Example(type: "Resize", inputs: 3, opset: 13),
      Example(type: "Resize", inputs: 4, attributes: ["axes"], opset: 18),
      Example(type: "ScatterND", inputs: 3, opset: 13),
      Example(type: "ScatterND", inputs: 3, attributes: ["reduction"], opset: 16),
      Example(type: "GroupNormalization", inputs: 3, opset: 21), Example(type: "ArgMax", opset: 13),
      Example(type: "ReduceLogSumExp", inputs: 2, opset: 18), Example(type: "If", opset: 23),
      Example(type: "Unknown", opset: 23),
    ]
  }

  @Test("is the first that has each node in its form", arguments: Example.all)
  func examples(example: Example) {
    let found = node(example.type, example.inputs, example.attributes)
    #expect(model(found, opset: 23).leastOpset == example.opset)
    #expect(model(node("Relu"), found, node("Add", 2), opset: 23).leastOpset == example.opset)
    // It is never beyond the model's own.
    #expect(model(found, opset: 13).leastOpset == 13)
  }

  @Test("counts nodes of functions, and none of other operator sets")
  func functions() {
    var other = node("Gelu")
    other.domain = "own"
    var model = model(other, opset: 21)
    #expect(model.leastOpset == 13)
    model.functions = [
      Function(
        name: "Gelu", domain: "own", inputs: ["x0"], outputs: ["y"], nodes: [node("HardSwish")],
        opsets: ["": 21])
    ]
    #expect(model.leastOpset == 14)
  }
}
