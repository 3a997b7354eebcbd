import Foundations
import ONNX
import Torch

extension ONNXRuntimeJudge {
  /// Whether a convolution by 2-bit integers is computed right.
  public func runsTwoBitIntegers() -> Bool {
    let levels = [3, 0, 1, 2, 2, 1]
    var graph = Graph(
      name: "two bits",
      inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(2), .fixed(1), .fixed(1)])],
      outputs: [ValueInfo(name: "y", shape: [.named("n"), .fixed(3)])])
    graph.initializers["w.q"] = TensorValue(packed: levels, width: .two, signed: false, shape: [3, 2, 1, 1])
    graph.initializers["w.s"] = TensorValue([0.5], shape: [])
    graph.initializers["w.z"] = TensorValue(packed: [1], width: .two, signed: false, shape: [])
    graph.nodes = [
      Node("DequantizeLinear", name: "w", inputs: ["w.q", "w.s", "w.z"], outputs: ["w"]),
      Node("Conv", name: "conv", inputs: ["x", "w"], outputs: ["channels"]),
      Node("Flatten", name: "y", inputs: ["channels"], outputs: ["y"]),
    ]
    do {
      return try TemporaryFolder.with { folder in
        try Model(graph: graph, opset: 25, irVersion: 13).write(to: "\(folder)/two.onnx")
        let input = try Tensor([Float(1), 10], shape: [1, 2, 1, 1])
        let output = try logits(model: "\(folder)/two.onnx", images: [input], threads: 1)
          .floats()
        let expected: [Float] = (0..<3).map { row in
          let (first, second) = (levels[2 * row] - 1, levels[2 * row + 1] - 1)
          return Float(first + 10 * second) / 2
        }
        return output == expected
      }
    } catch { return false }
  }
}
