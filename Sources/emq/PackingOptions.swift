import ArgumentParser
import Foundation
import Foundations
import ONNX
import Quantization
import Torch

extension WeightPacking: ExpressibleByArgument {}

/// What weights of few bits are stored as.
struct PackingOptions: ParsableArguments {
  @Option(
    help: """
      What weights are stored as: least (2, 4 or 8 bits; needs ONNX Runtime with operator set 25), int4 (4 or 8 bits) or \
      int8; where not given, least if the ONNX Runtime that was found runs 2-bit integers, else int4.
      """)
  var packing: WeightPacking?

  /// The packing for weights of some bits; what cannot be packed is said on standard error.
  func packing(for weightBits: [Int]) throws -> WeightPacking {
    if let packing { return packing }
    guard weightBits.contains(where: { $0 <= 2 }) else { return .least }
    guard let judge = ONNXRuntimeJudge() else {
      Console.error("emq: no ONNX Runtime was found to try 2-bit integers in; they are stored in 4 bits")
      return .fourBit
    }
    guard judge.runsTwoBitIntegers() else {
      Console.error(
        "emq: 2-bit integers did not come out right in ONNX Runtime, or it did not start; they are stored in 4 bits"
      )
      return .fourBit
    }
    return .least
  }
}

extension ONNXRuntimeJudge {
  /// Whether a convolution by 2-bit integers is computed right.
  func runsTwoBitIntegers() -> Bool {
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
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emq-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try AtomicFile.makeFolder(folder)
      try Model(graph: graph, opset: 25, irVersion: 13).write(to: "\(folder)/two.onnx")
      let input = try Tensor([Float(1), 10], shape: [1, 2, 1, 1])
      let output = try logits(model: "\(folder)/two.onnx", images: [input], classCount: 3, threads: 1)
        .floats()
      let expected: [Float] = (0..<3).map { row in
        let (first, second) = (levels[2 * row] - 1, levels[2 * row + 1] - 1)
        return Float(first + 10 * second) / 2
      }
      return output == expected
    } catch { return false }
  }
}
