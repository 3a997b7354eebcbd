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
      recurrentOperators, elementSelectionOperators, sortingOperators, rearrangingOperators,
      resizingOperators, transposedConvolutionOperators, groupNormalizationOperators,
      detectionOperators, controlFlowOperators,
    ] {
      table.merge(group) { first, _ in first }
    }
    return table
  }()

  /// Checks that all nodes have operators that this program runs.
  ///
  /// - Throws: ``NetworkError`` naming every operator that is not supported, with a node of each.
  static func requireSupport(of nodes: [Node], in name: String) throws {
    func title(_ node: Node) -> String {
      node.domain.isEmpty ? node.operatorType : "\(node.domain).\(node.operatorType)"
    }
    let unsupported = nodes.filter { builder(of: $0) == nil }
    let counts = Dictionary(grouping: unsupported, by: title).mapValues(\.count)
    guard let first = unsupported.first else { return }
    guard counts.count > 1 else {
      throw NetworkError.unsupported(
        location: nodeLocation(first, in: name), reason: "this operator is not supported")
    }
    var named = Set<String>()
    let operators = unsupported.filter { named.insert(title($0)).inserted }.map { node in
      let others = (counts[title(node)] ?? 1) - 1
      return "\(title(node)) (node \"\(node.name)\"\(others > 0 ? " and \(others) more" : ""))"
    }
    throw NetworkError.unsupported(
      location: name, reason: "these operators are not supported: \(operators.joined(separator: ", "))")
  }

  private static func builder(of node: Node) -> KernelBuilder? {
    node.domain.isEmpty || node.domain == "ai.onnx" ? builders[node.operatorType] : nil
  }

  static func kernel(for node: Node, location: String) throws -> Kernel {
    guard let builder = builder(of: node) else {
      throw NetworkError.unsupported(location: location, reason: "this operator is not supported")
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

/// A dimension that a tensor has, counted from the front, for one that may be counted from the back.
func dimension(_ axis: Int, of tensor: Tensor) throws -> Int {
  guard tensor.rank > 0 else {
    throw TorchError(
      operation: "axis", reason: "\(axis) of a single number; one or more dimensions are needed")
  }
  return try dimension(axis, rank: tensor.rank)
}
