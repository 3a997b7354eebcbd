import Foundations
import Network
import ONNX
import Testing
import Torch

@Suite("Scales and zero points of other programs")
struct QuantizationParameterTests {
  /// A network that brings levels back to numbers and ends in Flatten.
  ///
  /// - Parameters:
  ///   - levels: the shape of the levels; the images where nil.
  ///   - scales: how many scales there are.
  private func network(levels: [Int]?, scales: Int, attributes: [String: Int]) throws -> Network {
    var nodes = [
      Node("DequantizeLinear", name: "d", inputs: ["l", "scale"], outputs: ["a"]),
      Node("Add", name: "add", inputs: ["x", "a"], outputs: ["b"]),
      Node("Flatten", name: "f", inputs: ["b"], outputs: ["y"]),
    ]
    for (key, value) in attributes { nodes[0].attributes[key] = .integer(value) }
    var graph = Graph(
      name: "g", inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(3), .fixed(2), .fixed(2)])],
      outputs: [ValueInfo(name: "y")], nodes: nodes)
    graph.initializers["scale"] = TensorValue([Float](repeating: 0.5, count: scales), shape: [scales])
    let shape = levels ?? [1, 3, 2, 2]
    graph.initializers["l"] = TensorValue(
      bytes: [Int](repeating: 4, count: shape.reduce(1, *)), signed: true, shape: shape)
    return try Network(Model(graph: graph, opset: 21, irVersion: 10), name: "m.onnx")
  }

  private func outputs(_ network: Network) throws -> [Float] {
    try network.logits(Tensor([Float](repeating: 1, count: 12), shape: [1, 3, 2, 2])).floats()
  }

  @Test(
    "those that fit give the numbers",
    arguments: [(1, [:]), (3, [:]), (3, ["axis": 1]), (2, ["axis": -1]), (1, ["axis": 0])]
      as [(Int, [String: Int])])
  func fitting(scales: Int, attributes: [String: Int]) throws {
    #expect(
      try outputs(network(levels: nil, scales: scales, attributes: attributes))
        == [Float](repeating: 3, count: 12))
  }

  @Test(
    "those that do not fit are refused with their node",
    arguments: [
      (nil, 2, [:]), (nil, 3, ["axis": 2]), (nil, 3, ["axis": 4]), (nil, 3, ["axis": -5]),
      (nil, 3, ["axis": .max]), (nil, 3, ["axis": .min]), (nil, 3, ["block_size": 2]),
      // One axis of a single level: a number of scales that would be spread over it.
      (nil, 3, ["axis": 0]),
      // A single number has no axis at all.
      ([], 2, ["axis": 0]), ([], 0, ["axis": 0]),
    ] as [([Int]?, Int, [String: Int])])
  func refused(levels: [Int]?, scales: Int, attributes: [String: Int]) {
    #expect {
      _ = try outputs(network(levels: levels, scales: scales, attributes: attributes))
    } throws: { $0 is any DescribedError && "\($0)".contains("\"d\"") }
  }
}
