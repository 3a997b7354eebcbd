import Foundations
import ONNX
import ONNXRuntime
import TestSupport
import Testing

@Suite("Optimized graphs")
struct OptimizedGraphTests {
  private func graph(_ nodes: [Node], weights: [String] = []) -> Graph {
    var graph = Graph(
      name: "g", inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")], nodes: nodes)
    for name in weights { graph.initializers[name] = TensorValue([Float(1)], shape: [1, 1]) }
    return graph
  }

  @Test(
    "a layer is found by the names that ONNX Runtime gives it",
    arguments: [
      ("a", "QLinearConv"), ("a_token_12", "QLinearConv"), ("a.relu_nchwc", "Conv"),
      ("a.relu_nchwc_token_3", "Conv"), ("a/MatMulAddFusion", "Gemm"),
      ("a/MatMulScaleFusion/", "FusedMatMul"),
    ])
  func names(name: String, kernel: String) {
    let source = graph(
      [
        Node("Conv", name: "a", inputs: ["x", "w"], outputs: ["a.out"]),
        Node("Relu", name: "relu", inputs: ["a.out"], outputs: ["a.relu"]),
        Node("Conv", name: "b", inputs: ["a.relu", "v"], outputs: ["y"]),
      ], weights: ["w", "v"])
    let optimized = graph(
      [
        Node(kernel, name: name, inputs: ["x", "reorder"], outputs: ["reorder_token_0"]),
        Node("Conv", name: "y_nchwc", inputs: ["reorder_token_0", "reorder_token_1"], outputs: ["y"]),
      ], weights: ["reorder", "reorder_token_1"])
    let layers = OptimizedGraph(source: source, optimized: optimized).layers
    #expect(layers.map(\.layer) == ["a", "b"])
    #expect(layers.map(\.kernel) == [kernel, "Conv"])
    #expect(layers[0].isInteger == (kernel == "QLinearConv"))
  }

  @Test("a layer's weight says more than names that are the same by chance")
  func weights() {
    let source = graph(
      [
        Node("MatMul", name: "MatMul_1", inputs: ["x", "w"], outputs: ["h"]),
        Node("MatMul", name: "MatMul_2", inputs: ["h", "v"], outputs: ["y"]),
      ], weights: ["w", "v"])
    let optimized = graph(
      [
        Node("MatMul", name: "MatMul_2", inputs: ["x", "w"], outputs: ["h"]),
        Node("MatMulIntegerToFloat", name: "MatMul_3", inputs: ["h", "v"], outputs: ["y"]),
      ], weights: ["w", "v"])
    let layers = OptimizedGraph(source: source, optimized: optimized).layers
    #expect(layers.map(\.kernel) == ["MatMul", "MatMulIntegerToFloat"])
  }

  @Test("a layer that became part of something else is said to be that")
  func absorbed() {
    let source = graph([Node("MatMul", name: "a", inputs: ["x", "w"], outputs: ["y"])], weights: ["w"])
    let optimized = graph([Node("Whole", name: "whole", inputs: ["x", "p"], outputs: ["y"])], weights: ["p"])
    let layer = OptimizedGraph(source: source, optimized: optimized).layers[0]
    #expect(
      layer == LayerKernel(layer: "a", kernel: nil, isInteger: false, reason: "is part of another operator"))
  }

  @Test("every node belongs to a layer: what prepares to the next one, all else to the one before")
  func owners() {
    let nodes = [
      Node("DequantizeLinear", name: "w2", inputs: ["w2.q", "s"], outputs: ["w2"]),
      Node("QuantizeLinear", name: "q", inputs: ["x", "s"], outputs: ["x.q"]),
      Node("Conv", name: "a", inputs: ["x.q", "w1"], outputs: ["h"]),
      Node("Relu", name: "relu", inputs: ["h"], outputs: ["r"]),
      Node("Clip", name: "clip", inputs: ["r"], outputs: ["c"]),
      Node("Transpose", name: "t", inputs: ["c"], outputs: ["t"]),
      Node("Conv", name: "b", inputs: ["t", "w2"], outputs: ["i"]),
      Node("Transpose", name: "u", inputs: ["i"], outputs: ["y"]),
    ]
    let whole = graph(nodes, weights: ["w1", "w2.q", "s"])
    let owners = OptimizedGraph(source: whole, optimized: whole).owners(among: ["a", "b"])
    #expect(
      owners == ["w2": "b", "q": "a", "a": "a", "relu": "a", "clip": "b", "t": "b", "b": "b", "u": "b"])
    #expect(
      OptimizedGraph(source: whole, optimized: whole).owners(among: ["b"]).values.allSatisfy { $0 == "b" })
  }

  @Test(
    "ONNX Runtime's own graph: a layer that is rounded whole is one of integers",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"))
  func real() throws {
    let judge = try #require(ONNXRuntimeJudge())
    try TestFiles.withFolder { folder in
      try RoundedNetwork.model.write(to: "\(folder)/m.onnx")
      let layers = try OptimizedGraph(of: "\(folder)/m.onnx", judge: judge).layers
      #expect(layers.map(\.layer) == ["first", "second"])
      #expect(layers[0] == LayerKernel(layer: "first", kernel: "QLinearConv", isInteger: true, reason: nil))
      #expect(layers[1].kernel == "Conv" && !layers[1].isInteger)
      #expect(
        layers[1].reason == "its weight is stored in 4 bits, its output is not rounded (GlobalAveragePool)")
    }
  }

  @Test(
    "a file that ONNX Runtime refuses is an error with what it said",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"))
  func refused() throws {
    let judge = try #require(ONNXRuntimeJudge())
    try TestFiles.withFolder { folder in
      var model = RoundedNetwork.plain()
      model.graph.nodes[0].operatorType = "NoSuchOperator"
      try model.write(to: "\(folder)/m.onnx")
      let error = #expect(throws: FileError.self) {
        try OptimizedGraph(of: "\(folder)/m.onnx", judge: judge)
      }
      #expect(error?.kind == .unavailable)
      #expect(error?.description.contains("NoSuchOperator") == true)
    }
  }
}
