import Foundations
import ONNX
import Torch

extension Model {
  /// The model with the nodes of its branch in the place of each If whose condition is known without images.
  ///
  /// A condition is known where it is constant, computed from constants, or computed from shapes and the same
  /// for batches of two sizes. Where any node holds a graph, functions are inlined, too.
  ///
  /// - Parameter inputShapes: of one example of each input, for models that leave them open.
  /// - Throws: ``NetworkError`` where a condition cannot be computed.
  package func inliningKnownBranches(name: String, inputShapes: InputShapes? = nil) throws -> Model {
    let nodes = graph.nodes + functions.flatMap(\.nodes)
    guard nodes.contains(where: { $0.operatorType == "If" && $0.domain.isEmpty }) else { return self }
    var result = try inliningFunctions()
    var position = 0
    var (count, seen) = (0, 0)
    while position < result.graph.nodes.count {
      let node = result.graph.nodes[position]
      guard node.operatorType == "If", node.domain.isEmpty,
        let condition = try result.knownCondition(of: node, name: name, inputShapes: inputShapes)
      else {
        position += 1
        continue
      }
      let key = condition ? "then_branch" : "else_branch"
      guard let branch = try node.graph(key), branch.inputs.isEmpty,
        branch.outputs.count >= node.outputs.count
      else {
        throw NetworkError.unsupported(
          location: nodeLocation(node, in: name),
          reason: "has no \(key) that gives its \(node.outputs.count) outputs")
      }
      count += 1
      seen += result.graph.nodes.count
      guard count <= FileLimits.branches.greatest, seen <= FileLimits.branchNodes.greatest,
        result.graph.nodes.count + branch.nodes.count <= FileLimits.nodes.greatest
      else {
        throw NetworkError.graph(
          "\(name): branches lead to each other without end; \(FileLimits.branches.greatest) are followed at most"
            + " (limit branches), fewer in models of many nodes")
      }
      result.graph.replaceNode(at: position, by: branch)
      // Calls of functions, too, can stand in branches.
      result.functions = functions
      result = try result.inliningFunctions()
    }
    result.graph.removeUnusedNodes()
    result.graph.removeUnusedInitializers()
    return result
  }

  /// The condition of an If, or nil where it depends on more than constants and shapes.
  private func knownCondition(of node: Node, name: String, inputShapes: InputShapes?) throws -> Bool? {
    guard let condition = node.inputs.first else { return nil }
    if let value = graph.initializers[condition] { return try value.integers().first.map { $0 != 0 } }
    var part = self
    part.graph.outputs = [ValueInfo(name: condition)]
    part.graph.valueInfos = []
    part.graph.removeUnusedNodes()
    guard part.graph.isFromShapes(condition) else { return nil }
    part.graph.removeUnusedInitializers()
    let upgraded = try part.upgraded(toOpset: 21)
    let found = try [2, 3].map { batch in
      try upgraded.blankCondition(condition, name: name, batch: batch, inputShapes: inputShapes)
    }
    return found[0] == found[1] ? found[0] : nil
  }

  /// What a condition is for blank images; nil where shapes of inputs are not known.
  private func blankCondition(
    _ condition: String, name: String, batch: Int, inputShapes: InputShapes?
  ) throws -> Bool? {
    let used = graph.useCounts()
    return try withoutGradients {
      var values = try graph.initializers.reduce(into: [String: Tensor]()) { values, entry in
        if used[entry.key] != nil { values[entry.key] = try entry.value.tensor() }
      }
      if graph.inputs.contains(where: { used[$0.name] != nil }) {
        guard let inputs = try? NetworkInput.inputs(of: graph, given: inputShapes, name: name) else {
          return nil
        }
        for input in inputs {
          values[input.name] = try Tensor.full(
            0, shape: input.shape(examples: batch), elementType: input.elementType)
        }
      }
      for node in graph.nodes {
        let location = nodeLocation(node, in: name)
        guard node.operatorType != "If" else { return nil }
        try OperatorTable.requireSupport(of: [node], in: name)
        let kernel = try OperatorTable.kernel(for: node, location: location)
        do {
          var context = KernelContext(mode: .inference)
          let outputs = try kernel(node.inputs.map { values[$0] }, &context)
          for (output, value) in zip(node.outputs, outputs) { values[output] = value }
        } catch let error as TorchError {
          throw NetworkError.execution(location: location, reason: error.description)
        }
      }
      return try values[condition].map { try $0.reshaped([-1]).integers().first ?? 0 != 0 }
    }
  }
}

extension Graph {
  /// Whether every way from an input of the graph to a value leads through a Shape node.
  fileprivate func isFromShapes(_ value: String) -> Bool {
    var known = Set(initializers.keys)
    for node in nodes {
      let isShape = ["Shape", "Size"].contains(node.operatorType) && node.domain.isEmpty
      if isShape || node.takenValues.allSatisfy(known.contains) { known.formUnion(node.outputs) }
    }
    return known.contains(value)
  }
}
