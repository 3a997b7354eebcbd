import OrderedCollections

extension Node {
  /// The values that the node takes: its inputs, and those of the graph around it that its own graphs take.
  public var takenValues: [String] {
    let inner = attributes.values.flatMap { attribute -> [String] in
      guard case .graph(let graph) = attribute else { return [] }
      return graph.outerValues
    }
    return inputs.filter { !$0.isEmpty } + inner
  }

  /// Gives the values that the node's graphs take from around them other names.
  mutating func renameOuterValues(_ name: (String) -> String) {
    for (key, attribute) in attributes {
      guard case .graph(let graph) = attribute else { continue }
      let outer = Set(graph.outerValues)
      attributes[key] = .graph(graph.renamingValues { outer.contains($0) ? name($0) : $0 })
    }
  }
}

extension Graph {
  /// Values that the graph takes and does not have itself, each once, in the order of its nodes.
  var outerValues: [String] {
    let own = Set(inputs.map(\.name)).union(initializers.keys).union(nodes.flatMap(\.outputs))
    let taken = nodes.flatMap(\.takenValues) + outputs.map(\.name)
    return Array(OrderedSet(taken.filter { !own.contains($0) }))
  }

  /// The graph with other names for its values; "" stays.
  func renamingValues(_ name: (String) -> String) -> Graph {
    func renamed(_ value: String) -> String { value.isEmpty ? "" : name(value) }
    func renamed(_ info: ValueInfo) -> ValueInfo {
      var info = info
      info.name = renamed(info.name)
      return info
    }
    var result = self
    result.inputs = inputs.map(renamed)
    result.outputs = outputs.map(renamed)
    result.valueInfos = valueInfos.map(renamed)
    result.initializers = OrderedDictionary(
      initializers.map { (renamed($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    result.nodes = nodes.map { node in
      var node = node
      node.inputs = node.inputs.map(renamed)
      node.outputs = node.outputs.map(renamed)
      node.renameOuterValues(renamed)
      return node
    }
    return result
  }
}

extension Graph {
  /// Puts the nodes of a graph that a node holds in the place of the node, which gives what that graph gives.
  ///
  /// - Parameters:
  ///   - index: the position of the node.
  ///   - inner: a graph without inputs, such as a branch.
  package mutating func replaceNode(at index: Int, by inner: Graph) {
    let node = nodes[index]
    var prefix = "\(node.outputs.first { !$0.isEmpty } ?? node.name)/"
    let taken = Set(nodes.flatMap { $0.outputs + [$0.name] }).union(initializers.keys)
    while taken.contains(where: { $0.hasPrefix(prefix) }) { prefix += "_" }
    let outer = Set(inner.outerValues)
    let produced = Set(inner.nodes.flatMap(\.outputs))
    var names: [String: String] = [:]
    var copies: [Node] = []
    for (value, output) in zip(inner.outputs.map(\.name), node.outputs) where !output.isEmpty {
      // What no node gives, or gives twice, is handed on.
      guard produced.contains(value), names[value] == nil else {
        copies.append(Node("Identity", name: "\(prefix)\(output)", inputs: [value], outputs: [output]))
        continue
      }
      names[value] = output
    }
    func name(_ value: String) -> String {
      if value.isEmpty || outer.contains(value) { return value }
      return names[value] ?? prefix + value
    }
    var renamed = inner.renamingValues(name)
    for position in renamed.nodes.indices {
      renamed.nodes[position].name = prefix + inner.nodes[position].name
    }
    copies = copies.map { copy in
      var copy = copy
      copy.inputs = copy.inputs.map(name)
      return copy
    }
    nodes.replaceSubrange(index...index, with: renamed.nodes + copies)
    initializers.merge(renamed.initializers) { first, _ in first }
  }
}
