import Foundation
import Foundations
import ONNX
import TestSupport
import Testing

/// Operators that models define themselves.
@Suite("Functions of models")
struct FunctionTests {
  private let twice = Function(
    name: "Twice", domain: "own", inputs: ["value"], outputs: ["result"],
    nodes: [
      Node(
        "Constant", name: "", inputs: [], outputs: ["two"],
        attributes: ["value": .tensor(TensorValue([Float(2)], shape: []))]),
      Node("Mul", name: "", inputs: ["value", "two"], outputs: ["result"]),
    ], opsets: ["": 17])

  /// Calls ``twice`` two times.
  private let fourTimes = Function(
    name: "FourTimes", domain: "own", inputs: ["value"], outputs: ["result"],
    nodes: [
      Node("Twice", name: "", inputs: ["value"], outputs: ["half"], domain: "own"),
      Node("Twice", name: "", inputs: ["half"], outputs: ["result"], domain: "own"),
    ], opsets: ["": 17, "own": 1])

  private func model(calling name: String, _ functions: [Function]) -> Model {
    let graph = Graph(
      name: "g", inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(4)])],
      outputs: [ValueInfo(name: "y")],
      nodes: [
        Node(name, name: "call", inputs: ["x"], outputs: ["h"], domain: "own"),
        Node(name, name: "again", inputs: ["h"], outputs: ["y"], domain: "own"),
      ])
    var model = Model(graph: graph, opset: 17, irVersion: 8)
    model.functions = functions
    model.opsets["own"] = 1
    return model
  }

  @Test("are the same after writing and reading")
  func roundTrip() throws {
    let source = model(calling: "FourTimes", [twice, fourTimes])
    let read = try Model(source.serialized(), name: "m.onnx")
    #expect(read.opsets == ["": 17, "own": 1])
    #expect(read.functions.map(\.name) == ["Twice", "FourTimes"])
    for (found, expected) in zip(read.functions, source.functions) {
      #expect(found.domain == "own" && found.opsets == expected.opsets)
      #expect(found.inputs == ["value"] && found.outputs == ["result"])
      #expect(found.nodes.map(\.operatorType) == expected.nodes.map(\.operatorType))
      #expect(found.nodes.map(\.domain) == expected.nodes.map(\.domain))
      #expect(found.nodes.map(\.inputs) == expected.nodes.map(\.inputs))
      #expect(found.nodes.map(\.outputs) == expected.nodes.map(\.outputs))
    }
    #expect(read.graph.nodes.map(\.domain) == ["own", "own"])
  }

  /// What a graph of Mul nodes makes of 1.
  private func factor(_ graph: Graph) throws -> Double {
    var values = ["x": 1.0]
    for (name, value) in graph.initializers { values[name] = try value.doubles()[0] }
    for node in graph.nodes {
      try #require(node.operatorType == "Mul" && node.domain.isEmpty)
      values[node.outputs[0]] = try node.inputs.reduce(1) { $0 * (try #require(values[$1])) }
    }
    return try #require(values["y"])
  }

  @Test(
    "nodes take the place of calls, in functions, too", arguments: [("Twice", 2, 4), ("FourTimes", 4, 16)])
  func inlining(name: String, count: Int, factor: Double) throws {
    let read = try Model(model(calling: name, [twice, fourTimes]).serialized(), name: "m.onnx")
    let inlined = try read.inliningFunctions()
    #expect(inlined.functions.isEmpty && inlined.opsets == ["": 17])
    #expect(inlined.graph.nodes.count == count)
    let outputs = inlined.graph.nodes.flatMap(\.outputs)
    #expect(Set(outputs).count == outputs.count && outputs.contains("h") && outputs.last == "y")
    #expect(try self.factor(inlined.graph) == factor)
    // What is inlined is a model that can be read.
    #expect(try Model(inlined.serialized(), name: "m.onnx").graph.nodes.count == count)
  }

  @Test("inputs and outputs that a call leaves out are left out within")
  func optional() throws {
    let bounded = Function(
      name: "Bounded", domain: "own", inputs: ["value", "low", "high"], outputs: ["result", "other"],
      nodes: [
        Node("Clip", name: "", inputs: ["value", "low", "high"], outputs: ["result"]),
        Node("Neg", name: "", inputs: ["result"], outputs: ["other"]),
      ], opsets: ["": 17])
    let inlined = try model(calling: "Bounded", [bounded]).inliningFunctions()
    #expect(inlined.graph.nodes[0].inputs == ["x", "", ""])
    #expect(inlined.graph.nodes.map { $0.outputs[0] } == ["h", "h/other", "y", "y/other"])
  }

  @Test("that call each other without end are an error in one line")
  func endless() throws {
    var loop = fourTimes
    loop.nodes[0].operatorType = "FourTimes"
    let read = try Model(model(calling: "FourTimes", [twice, loop]).serialized(), name: "m.onnx")
    let error = #expect(throws: ONNXError.self) { try read.inliningFunctions() }
    let text = try #require(error).description
    #expect(text.contains("without end") && !text.contains("\n"))
  }

  /// A field of a message that has a length, with its number.
  private func field(_ number: UInt8, _ content: Data) -> Data {
    var length: [UInt8] = []
    var rest = content.count
    repeat {
      length.append(UInt8(rest & 0x7F) | (rest > 127 ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    let tag = Int(number) << 3 | 2
    return Data(tag > 127 ? [UInt8(tag & 0x7F) | 0x80, UInt8(tag >> 7)] : [UInt8(tag)]) + Data(length)
      + content
  }

  @Test("that take attributes are an error that names them, in one line")
  func attributes() throws {
    // FunctionProto: 1 is the name, 6 a name of an attribute; 25 of ModelProto are functions.
    let function = field(1, Data("Scaled".utf8)) + field(6, Data("alpha".utf8))
    let data = try model(calling: "Twice", [twice]).serialized() + field(25, function)
    let error = #expect(throws: ONNXError.self) { try Model(data, name: "m.onnx") }
    #expect(
      error?.description == "m.onnx: function \"Scaled\" takes attributes, which is not supported")
    #expect(error?.kind == .unavailable)
  }
}
