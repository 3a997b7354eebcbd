import Foundations

/// A model that cannot be read, is not valid, or cannot be rewritten as asked.
public struct ONNXError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, where, and what would be right.
  public let description: String

  /// Makes an error about a model's content.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description.inOneLine
  }
}

/// The way messages name a node: by file, name, operator and inputs.
///
///     nodeLocation(node, in: "net.onnx")  // net.onnx: node "conv1" (operator Conv, inputs x, w)
public func nodeLocation(_ node: Node, in file: String) -> String {
  let domain = node.domain.isEmpty ? "" : "\(node.domain)."
  let inputs = node.inputs.map { $0.isEmpty ? "-" : $0 }.joined(separator: ", ")
  return "\(file): node \"\(node.name)\" (operator \(domain)\(node.operatorType), inputs \(inputs))"
}
