import Foundation
import ONNX
import Testing

/// The order in which nodes of a file are read.
@Suite struct GraphOrderTests {
  /// Reads a model whose nodes, each an Add of what it takes, stand in an order.
  private func order(_ nodes: [(name: String, takes: [String])]) throws -> [String] {
    let graph = Graph(
      name: "g", inputs: [ValueInfo(name: "x", shape: [.fixed(1)])],
      outputs: [ValueInfo(name: nodes[0].name)],
      nodes: nodes.map { Node("Sum", name: $0.name, inputs: $0.takes, outputs: [$0.name]) })
    let model = try Model(Model(graph: graph, opset: 17).serialized(), name: "model.onnx")
    return model.graph.nodes.map(\.name)
  }

  @Test func nodesStayInTheirOrderBesideThoseThatWait() throws {
    let nodes: [(name: String, takes: [String])] = [
      ("c", ["b"]), ("a", ["x"]), ("b", ["a"]), ("d", ["c", "x"]), ("e", ["a"]),
    ]
    #expect(try order(nodes) == ["a", "b", "e", "c", "d"])
  }

  @Test(.timeLimit(.minutes(1))) func aLongChainFromItsEndIsRead() throws {
    let count = 50_000
    let nodes = (0..<count).map { index in
      (name: "n\(index)", takes: [index == count - 1 ? "x" : "n\(index + 1)"])
    }
    #expect(try order(nodes) == nodes.map(\.name).reversed())
  }
}
