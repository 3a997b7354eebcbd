import Foundations
import ONNX
import Torch

/// The names of the operators that networks may have, in order.
package let operatorNames: [String] = OperatorTable.builders.keys.sorted()

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
    try requirePlainNumbers(node, location)
    return try builder(node, location)
  }

  /// Checks that sums and products of two of a node's integers are numbers of 64 bits.
  private static func requirePlainNumbers(_ node: Node, _ location: String) throws {
    // These are data, or a bound that every dimension is within.
    guard !["Constant", "Shape"].contains(node.operatorType) else { return }
    let plain = -FileLimits.nodeNumber...FileLimits.nodeNumber
    for (key, attribute) in node.attributes {
      let values: [Int]
      switch attribute {
      case .integer(let value): values = [value]
      case .integers(let list): values = list
      case .float, .string, .tensor, .floats, .strings, .graph: continue
      }
      guard let wrong = values.first(where: { !plain.contains($0) }) else { continue }
      throw NetworkError.unsupported(
        location: location,
        reason: "\(key) has \(wrong); \(plain.lowerBound) to \(plain.upperBound) are read (limit nodeNumber)")
    }
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

/// The integers of the input at `position`, if it is there; those beyond any dimension become the limit of such.
func integers(_ inputs: [Tensor?], _ position: Int) throws -> [Int]? {
  let limit = FileLimits.nodeNumber
  return try optional(inputs, position)?.integers().map { min(max(Int($0), -limit), limit) }
}

/// Checks the length of a list before it is made.
func requireListed(_ count: Int, _ operation: String) throws {
  if let excess = FileLimits.listedElements.excess(count) {
    throw TorchError(operation: operation, reason: excess)
  }
}

/// The product of sizes.
func product(_ sizes: some Sequence<Int>, _ operation: String) throws -> Int {
  guard let product = checkedProduct(sizes) else {
    throw TorchError(operation: operation, reason: "its sizes \(Array(sizes)) are too many elements")
  }
  return product
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
