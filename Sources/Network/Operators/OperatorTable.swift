import ONNX
import Torch

/// Makes a kernel of a node, reading its attributes once.
typealias KernelBuilder = @Sendable (_ node: Node, _ location: String) throws -> Kernel

/// Which operators this program runs, at the meaning they have in opset 21.
enum OperatorTable {
  static let builders: [String: KernelBuilder] = {
    var table: [String: KernelBuilder] = [:]
    for group in [
      convolutionOperators, poolingOperators, elementwiseOperators, activationOperators, shapeOperators,
      indexingOperators, normalizationOperators, reductionOperators, quantizationOperators,
    ] {
      table.merge(group) { first, _ in first }
    }
    return table
  }()

  static func kernel(for node: Node, location: String) throws -> Kernel {
    guard node.domain.isEmpty || node.domain == "ai.onnx", let builder = builders[node.operatorType] else {
      throw NetworkError.unsupported(
        location: location, reason: "this operator is not supported; export the network without it")
    }
    return try builder(node, location)
  }
}

/// The input at `position`, which the operator cannot do without.
func required(_ inputs: [Tensor?], _ position: Int) throws -> Tensor {
  guard position < inputs.count, let tensor = inputs[position] else {
    throw TorchError(operation: "input \(position)", reason: "is missing")
  }
  return tensor
}

/// The input at `position`, if it is there.
func optional(_ inputs: [Tensor?], _ position: Int) -> Tensor? {
  position < inputs.count ? inputs[position] : nil
}

/// The integers of the input at `position`, if it is there.
func integers(_ inputs: [Tensor?], _ position: Int) throws -> [Int]? {
  try optional(inputs, position)?.integers().map { Int($0) }
}

/// A dimension counted from the front, for one that may be counted from the back.
func dimension(_ axis: Int, rank: Int) throws -> Int {
  let result = axis < 0 ? axis + rank : axis
  guard result >= 0, result < max(rank, 1) else {
    throw TorchError(operation: "axis", reason: "\(axis) is outside the \(rank) dimensions there are")
  }
  return result
}
