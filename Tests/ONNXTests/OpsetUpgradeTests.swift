import ONNX
import Testing

@Suite("Upgrade of operator sets")
struct OpsetUpgradeTests {
  private func upgraded(
    _ operatorType: String, inputs: [String] = ["x"], outputs: [String] = ["y"],
    _ attributes: [String: Attribute] = [:], from opset: Int, to target: Int = 21
  ) throws -> Model {
    let graph = Graph(
      name: "g", inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(4)])],
      outputs: outputs.map { ValueInfo(name: $0) },
      nodes: [
        Node(
          operatorType, name: "node", inputs: inputs, outputs: outputs,
          attributes: .init(uniqueKeysWithValues: attributes.map { ($0, $1) }))
      ])
    return try Model(graph: graph, opset: opset, irVersion: 7).upgraded(toOpset: target)
  }

  /// The integers of the node's second input.
  private func second(_ model: Model) throws -> [Int]? {
    let node = try #require(model.graph.nodes.first)
    guard node.inputs.count > 1 else { return nil }
    return try model.graph.initializers[node.inputs[1]]?.integers()
  }

  @Test(
    "axes become an input when the operator's set says so",
    arguments: [
      ("Squeeze", 13), ("Unsqueeze", 13), ("ReduceSum", 13), ("ReduceMean", 18), ("ReduceMax", 18),
      ("ReduceL2", 18), ("ReduceLogSumExp", 18),
    ])
  func axes(operatorType: String, version: Int) throws {
    let axes: [String: Attribute] = ["axes": .integers([1, -1])]
    let after = try upgraded(operatorType, axes, from: version - 1, to: version)
    #expect(try second(after) == [1, -1])
    #expect(after.graph.nodes[0].attributes["axes"] == nil)
    #expect(after.opset == version)
    // Not before, and not where there are none.
    let before = try upgraded(operatorType, axes, from: 11, to: version - 1)
    #expect(try second(before) == nil && before.graph.nodes[0].attributes["axes"] != nil)
    #expect(try second(upgraded(operatorType, from: 11)) == nil)
  }

  @Test("parts of a split become an input at 13, and their number is written out from 18 on")
  func split() throws {
    let sizes = try upgraded("Split", outputs: ["a", "b"], ["split": .integers([1, 3])], from: 11)
    #expect(try second(sizes) == [1, 3])
    #expect(sizes.graph.nodes[0].attributes["num_outputs"] == nil)
    let equal = try upgraded("Split", outputs: ["a", "b"], from: 13)
    #expect(try equal.graph.nodes[0].integer("num_outputs") == 2)
    #expect(try upgraded("Split", outputs: ["a", "b"], from: 13, to: 17).graph.nodes[0].attributes.isEmpty)
  }

  @Test(
    "an old softmax is one over all dimensions from its axis on",
    arguments: ["Softmax", "LogSoftmax", "Hardmax"])
  func softmax(operatorType: String) throws {
    let model = try upgraded(operatorType, from: 11)
    #expect(model.graph.nodes.map(\.operatorType) == ["Shape", "Flatten", operatorType, "Reshape"])
    #expect(try model.graph.nodes[1].integer("axis") == 1)
    #expect(try model.graph.nodes[2].integer("axis") == -1)
    #expect(model.graph.nodes.last?.outputs == ["y"])
    // Each takes what stands before it, and all is as a graph has to be.
    _ = try Model(model.serialized(), name: "softmax")
    // Over the last dimension alone it means the same.
    #expect(try upgraded(operatorType, ["axis": .integer(-1)], from: 11).graph.nodes.count == 1)
    #expect(try upgraded(operatorType, from: 13).graph.nodes.count == 1)
  }

  @Test("a group normalization of one scale a group becomes one of a scale a channel")
  func groups() throws {
    let inputs = ["x", "x", "x"]
    let model = try upgraded("GroupNormalization", inputs: inputs, ["num_groups": .integer(2)], from: 18)
    #expect(
      model.graph.nodes.map(\.operatorType) == [
        "Shape", "Div", "Concat", "Reshape", "Expand", "Reshape", "Reshape", "Expand", "Reshape",
        "GroupNormalization",
      ])
    #expect(model.graph.nodes.last?.inputs == ["x", "y_scale", "y_shift"])
    _ = try Model(model.serialized(), name: "groups")
    #expect(
      try upgraded("GroupNormalization", inputs: inputs, ["num_groups": .integer(2)], from: 21).graph.nodes
        .count
        == 1)
  }

  @Test("what only training needs is left out")
  func training() throws {
    let dropout = try upgraded("Dropout", inputs: ["x", "ratio"], ["ratio": .float(0.3)], from: 11)
    #expect(dropout.graph.nodes[0].attributes.isEmpty && dropout.graph.nodes[0].inputs == ["x"])
    let norm = try upgraded(
      "BatchNormalization", inputs: ["x", "s", "b", "m", "v"], outputs: ["y", "mean", "variance"], from: 11)
    #expect(norm.graph.nodes[0].outputs == ["y"])
  }

  @Test("the file format follows the operator set", arguments: [(17, 7), (21, 10), (25, 13)])
  func format(target: Int, version: Int) throws {
    #expect(try upgraded("Relu", from: 11, to: target).irVersion == version)
  }

  @Test("a later or equal set stays as it is, and operators of other domains are left alone")
  func unchanged() throws {
    let later = try upgraded("Squeeze", ["axes": .integers([1])], from: 12, to: 12)
    #expect(later.opset == 12 && later.graph.nodes[0].attributes["axes"] != nil)
    var model = later
    model.graph.nodes[0].domain = "org.example"
    #expect(try model.upgraded(toOpset: 21).graph.nodes[0].attributes["axes"] != nil)
  }

  @Test("inputs that are added do not take the names of others")
  func names() throws {
    var model = try upgraded("Squeeze", ["axes": .integers([1])], from: 11, to: 11)
    model.graph.initializers["node_axes"] = TensorValue([Float(7)], shape: [1])
    let after = try model.upgraded(toOpset: 13)
    #expect(try second(after) == [1])
    #expect(try after.graph.initializers["node_axes"]?.floats() == [7])
  }

  @Test("an operator that is gone is named with what takes its place")
  func gone() throws {
    #expect {
      _ = try upgraded("Upsample", from: 11)
    } throws: { error in
      "\(error)".contains("node \"node\"") && "\(error)".contains("Resize")
    }
  }
}
