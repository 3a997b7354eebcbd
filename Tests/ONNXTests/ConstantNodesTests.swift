import ONNX
import TestSupport
import Testing

@Suite("Constant nodes")
struct ConstantNodesTests {
  private func small() throws -> Model { try Model(contentsOf: TestFiles.golden("small-network.onnx")) }

  @Test("are initializers of what is read, with the same values and the other nodes as they were")
  func reading() throws {
    let model = try small()
    let read = try Model(model.withConstantNodes().serialized(), name: "constants")
    #expect(read.graph.nodes.map(\.name) == model.graph.nodes.map(\.name))
    #expect(Set(read.graph.initializers.keys) == Set(model.graph.initializers.keys))
    for (name, value) in model.graph.initializers { #expect(read.graph.initializers[name] == value) }
  }

  @Test("of numbers and lists are tensors of their kind")
  func kinds() throws {
    var model = try small()
    let attributes: [(String, Attribute, TensorValue)] = [
      ("value_float", .float(1.5), TensorValue([Float(1.5)], shape: [])),
      ("value_floats", .floats([1, 2]), TensorValue([Float(1), 2], shape: [2])),
      ("value_int", .integer(-3), TensorValue([Int64(-3)], shape: [])),
      ("value_ints", .integers([4, 5, 6]), TensorValue([Int64(4), 5, 6], shape: [3])),
    ]
    for (name, attribute, _) in attributes {
      model.graph.nodes.append(
        Node("Constant", name: name, inputs: [], outputs: [name], attributes: [name: attribute]))
    }
    let read = try Model(model.serialized(), name: "kinds")
    for (name, _, value) in attributes { #expect(read.graph.initializers[name] == value) }
    #expect(!read.graph.nodes.contains { $0.operatorType == "Constant" })
  }

  @Test("stay where they are outputs of the graph, or hold texts")
  func staying() throws {
    var model = try small()
    model.graph.nodes += [
      Node(
        "Constant", name: "out", inputs: [], outputs: ["out"],
        attributes: ["value": .tensor(TensorValue([Float(1)], shape: []))]),
      Node(
        "Constant", name: "text", inputs: [], outputs: ["text"], attributes: ["value_string": .string("a")]),
    ]
    model.graph.outputs.append(ValueInfo(name: "out"))
    let read = try Model(model.serialized(), name: "staying")
    #expect(read.graph.nodes.filter { $0.operatorType == "Constant" }.map(\.name) == ["out", "text"])
  }

  @Test("a value that is there twice is refused")
  func twice() throws {
    var model = try small()
    model.graph.nodes.append(
      Node(
        "Constant", name: "again", inputs: [], outputs: ["conv1_weight"],
        attributes: ["value": .tensor(TensorValue([Float(1)], shape: []))]))
    #expect(throws: ONNXError.self) { _ = try Model(model.serialized(), name: "twice") }
  }

  @Test("nodes without use are removed, and what only they needed")
  func unused() throws {
    var graph = try small().graph
    let (nodes, constants) = (graph.nodes.count, graph.initializers.count)
    graph.initializers["dead"] = TensorValue([Float](repeating: 1, count: 9), shape: [9])
    graph.nodes.insert(Node("Identity", name: "first", inputs: ["dead"], outputs: ["first"]), at: 0)
    graph.nodes.append(Node("Neg", name: "second", inputs: ["first"], outputs: ["second"]))
    graph.removeUnusedNodes()
    graph.removeUnusedInitializers()
    #expect(graph.nodes.count == nodes && graph.initializers.count == constants)
  }
}
