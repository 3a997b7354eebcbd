/// A Constant node whose value became an initializer, and where it stood.
package struct ConstantNode: Sendable {
  /// The node as it was.
  let node: Node
  /// Its position among the nodes of the graph.
  let position: Int
}

extension Graph {
  /// The graph with the values of Constant nodes as initializers, so that weights are found in one place.
  ///
  /// A node stays where its value is a text, or an output of the graph.
  func constantsAsInitializers() throws -> Graph {
    var result = self
    result.nodes = []
    let given = Set(outputs.map(\.name))
    for (position, node) in nodes.enumerated() {
      guard node.operatorType == "Constant", node.domain.isEmpty, let name = node.outputs.first,
        node.outputs.count == 1, initializers[name] == nil, !given.contains(name),
        let value = try node.constantValue()
      else {
        result.nodes.append(node)
        continue
      }
      result.initializers[name] = value
      result.constantNodes.append(ConstantNode(node: node, position: position))
    }
    return result
  }

  /// The graph with the initializers that were Constant nodes as such nodes again, with the values they have now.
  func initializersAsConstants() -> Graph {
    var result = self
    result.constantNodes = []
    for constant in constantNodes {
      guard let name = constant.node.outputs.first, let value = result.initializers.removeValue(forKey: name)
      else { continue }
      var node = constant.node
      if node.attributes["value"] != nil { node.attributes["value"] = .tensor(value) }
      result.nodes.insert(node, at: min(constant.position, result.nodes.count))
    }
    return result
  }
}

extension Model {
  /// The model as its file has it: with Constant nodes where the file has them, not as initializers.
  package func restoringConstantNodes() -> Model {
    var result = self
    result.graph = graph.initializersAsConstants()
    return result
  }
}

extension Node {
  /// The numbers that a Constant node holds; nil where it holds something else.
  fileprivate func constantValue() throws -> TensorValue? {
    if let value = try tensor("value") { return value }
    if case .float(let value)? = attributes["value_float"] { return TensorValue([value], shape: []) }
    if let value = try integer("value_int") { return TensorValue([Int64(value)], shape: []) }
    if let values = try floats("value_floats") { return TensorValue(values, shape: [values.count]) }
    if let values = try integers("value_ints") {
      return TensorValue(values.map { Int64($0) }, shape: [values.count])
    }
    return nil
  }
}
