import Foundations
import OrderedCollections

/// An operator that a model defines by nodes of its own.
///
/// Nodes take values of the function's inputs and of nodes before them; runtimes put them in the place of each call.
public struct Function: Sendable {
  /// The operator's name in calls.
  public var name: String
  /// The operator set that calls name; never "".
  public var domain: String
  /// Names of what calls give, in their order; a call may leave the last ones out.
  public var inputs: [String]
  /// Names of what calls get.
  public var outputs: [String]
  /// Nodes, each after those whose values it takes.
  public var nodes: [Node]
  /// The version of each operator set that the nodes are of.
  public var opsets: [String: Int]

  /// Makes a function.
  public init(
    name: String, domain: String, inputs: [String], outputs: [String], nodes: [Node], opsets: [String: Int]
  ) {
    self.name = name
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.opsets = opsets
  }

  /// How many names nodes and what they take and give have, those that are the same each time.
  fileprivate var valueCount: Int { nodes.reduce(0) { $0 + 1 + $1.inputs.count + $1.outputs.count } }

  /// The nodes in the place of a call.
  ///
  /// - Parameter prefix: what names of values and nodes within begin with, so that no two calls share one.
  func inlined(_ call: Node, prefix: String) -> [Node] {
    var names: [String: String] = [:]
    for (index, input) in inputs.enumerated() {
      names[input] = index < call.inputs.count ? call.inputs[index] : ""
    }
    for (index, output) in outputs.enumerated() where index < call.outputs.count {
      names[output] = call.outputs[index]
    }
    func name(_ value: String) -> String { value.isEmpty ? "" : names[value] ?? prefix + value }
    return nodes.map { node in
      var copy = node
      copy.name = prefix + node.name
      copy.inputs = node.inputs.map(name)
      copy.outputs = node.outputs.map(name)
      copy.renameOuterValues(name)
      return copy
    }
  }
}

extension Model {
  /// The same model without functions: the nodes of each in the place of its calls.
  ///
  /// Constants among them become initializers, as those of the graph are.
  /// - Throws: ``ONNXError`` where functions call each other without end.
  public func inliningFunctions() throws -> Model {
    guard !functions.isEmpty else { return self }
    var result = self
    let known = Dictionary(functions.map { ("\($0.domain)/\($0.name)", $0) }) { first, _ in first }
    var rounds = 0
    while result.graph.nodes.contains(where: { known["\($0.domain)/\($0.operatorType)"] != nil }) {
      rounds += 1
      if FileLimits.functionDepth.excess(rounds) != nil {
        throw ONNXError(
          "functions of the model call each other without end; \(FileLimits.functionDepth.greatest)"
            + " \(FileLimits.functionDepth.unit) at most are read (limit functionDepth)")
      }
      var nodes: [Node] = []
      var nameBytes = 0
      for node in result.graph.nodes {
        guard let function = known["\(node.domain)/\(node.operatorType)"] else {
          nodes.append(node)
          continue
        }
        let prefix = "\(node.outputs.first ?? node.name)/"
        nameBytes += function.valueCount * prefix.utf8.count
        let count = nodes.count + function.nodes.count
        if let excess = FileLimits.nodes.excess(count) ?? FileLimits.nameBytes.excess(nameBytes) {
          throw ONNXError("the model, with its functions in the places of their calls, \(excess)")
        }
        nodes += function.inlined(node, prefix: prefix)
      }
      result.graph.nodes = nodes
    }
    result.functions = []
    for domain in Set(functions.map(\.domain)) { result.opsets[domain] = nil }
    result.graph = try result.graph.constantsAsInitializers()
    return result
  }
}
