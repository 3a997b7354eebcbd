import Foundation
import Network
import ONNX
import TestSupport
import Testing
import Torch

@Suite("Branches whose condition is known")
struct KnownBranchTests {
  private func branch(_ type: String, _ output: String) -> Attribute {
    .graph(
      Graph(
        name: output, inputs: [], outputs: [ValueInfo(name: output)],
        nodes: [Node(type, name: type, inputs: ["r"], outputs: [output])]))
  }

  /// Relu, an If of a condition that `build` adds as c, and Flatten.
  private func model(_ build: (inout NetworkBuilder) -> Void) -> Model {
    var builder = NetworkBuilder()
    builder.add("Relu", "r", ["x"])
    build(&builder)
    builder.add("If", "b", ["c"], ("then_branch", branch("Neg", "o")), ("else_branch", branch("Exp", "e")))
    builder.add("Flatten", "y", ["b"])
    return builder.model("y")
  }

  private func types(_ network: Network) -> [String] { network.source.graph.nodes.map(\.operatorType) }

  @Test("take the place of their If, in what is exported, too", arguments: [(1, "Neg"), (0, "Exp")])
  func constant(condition: Int, expected: String) throws {
    let network = try Network(
      model { builder in
        builder.constant(
          "c", TensorValue(dataType: .bool, shape: [], bytes: Data([UInt8(condition)])))
      })
    #expect(types(network) == ["Relu", expected, "Flatten"])
    #expect(network.source.graph.initializers.isEmpty)
  }

  @Test("a condition on the size of the images is known, one on the size of the batch is not")
  func shapes() throws {
    func sized(_ dimension: Int64) -> Model {
      model { builder in
        builder.add("Shape", "s", ["r"])
        builder.constant("d", TensorValue([dimension], shape: []))
        builder.add("Gather", "n", ["s", "d"])
        builder.constant("two", TensorValue([Int64(2)], shape: []))
        builder.add("Greater", "c", ["n", "two"])
      }
    }
    #expect(try types(Network(sized(1))) == ["Relu", "Neg", "Flatten"])
    let error = #expect(throws: NetworkError.self) { try Network(sized(0)) }
    #expect(try #require(error).description.contains("its condition is not known before images are"))
  }

  @Test("a condition on the images is not known")
  func images() throws {
    let error = #expect(throws: NetworkError.self) {
      try Network(
        model { builder in
          builder.add("ReduceSum", "t", ["x"], ("keepdims", .integer(0)))
          builder.add("Cast", "c", ["t"], ("to", .integer(DataType.bool.rawValue)))
        })
    }
    let text = try #require(error).description
    #expect(text.contains("node \"b\" (operator If, inputs c)") && !text.contains("\n"))
  }

  @Test("graphs within nodes are written as they were read")
  func roundTrip() throws {
    let first = model { builder in
      builder.constant("c", TensorValue(dataType: .bool, shape: [], bytes: Data([1])))
    }
    let read = try Model(first.serialized(), name: "m")
    let node = try #require(read.graph.nodes.first { $0.operatorType == "If" })
    let branch = try node.graph("else_branch")
    let inner = try #require(branch)
    #expect(inner.nodes.map(\.operatorType) == ["Exp"] && inner.outputs.map(\.name) == ["e"])
    #expect(node.takenValues == ["c", "r", "r"])
    #expect(try read.serialized() == first.serialized())
  }

  @Test("a branch that takes what nothing gives is an error")
  func missing() throws {
    var first = model { builder in
      builder.constant("c", TensorValue(dataType: .bool, shape: [], bytes: Data([1])))
    }
    first.graph.nodes.removeAll { $0.name == "r" }
    let data = try first.serialized()
    let error = #expect(throws: ONNXError.self) { try Model(data, name: "m") }
    #expect(try #require(error).description.contains("nothing produces its input r"))
  }
}
