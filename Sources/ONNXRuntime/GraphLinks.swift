import ONNX

/// Which nodes of a graph give and take each value.
struct GraphLinks {
  /// The graph.
  let graph: Graph
  private let givers: [String: Node]
  private let takers: [String: [Node]]
  private let outputs: Set<String>

  init(_ graph: Graph) {
    self.graph = graph
    var givers: [String: Node] = [:]
    var takers: [String: [Node]] = [:]
    for node in graph.nodes {
      for output in node.outputs where !output.isEmpty { givers[output] = node }
      for input in Set(node.inputs) where !input.isEmpty { takers[input, default: []].append(node) }
    }
    self.givers = givers
    self.takers = takers
    outputs = Set(graph.outputs.map(\.name))
  }

  /// The node that gives a value; nil of constants and of what the caller gives.
  func giver(of value: String) -> Node? { givers[value] }

  /// The nodes that take a value, in graph order.
  func takers(of value: String) -> [Node] { takers[value] ?? [] }

  /// Whether the caller gets a value.
  func isOutput(_ value: String) -> Bool { outputs.contains(value) }

  /// The constant that a value is, or is dequantized or laid out anew from; nil where it is none.
  func constant(behind value: String) -> String? {
    var value = value
    while graph.initializers[value] == nil {
      guard let node = givers[value], OperatorKind.isRounding(node) || OperatorKind.isLayout(node),
        let source = node.inputs.first
      else { return nil }
      value = source
    }
    return value
  }
}
