extension Graph {
  /// The graph with each node after those whose values it takes, otherwise in the given order.
  ///
  /// - Parameter isInner: whether the graph is within a node of another, whose values it may take.
  /// - Throws: ``ONNXError`` where a value is produced twice, by nothing, or by way of itself.
  /// - Complexity: linear in nodes and their inputs.
  func sorted(file: String, isInner: Bool = false) throws -> Graph {
    var producers: [String: Int] = [:]
    var given = Set(inputs.map(\.name)).union(initializers.keys)
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        guard producers[output] == nil, !given.contains(output) else {
          throw ONNXError("\(nodeLocation(node, in: file)): produces \(output), which is there already")
        }
        producers[output] = index
      }
    }
    let taken = nodes.map(\.takenValues)
    for (node, inputs) in zip(nodes, taken) {
      for input in inputs where producers[input] == nil && !given.contains(input) {
        guard isInner else {
          throw ONNXError("\(nodeLocation(node, in: file)): nothing produces its input \(input)")
        }
        given.insert(input)
      }
    }
    for output in outputs where producers[output.name] == nil && !given.contains(output.name) && !isInner {
      throw ONNXError("\(file): nothing produces the output \(output.name)")
    }

    var order: [Int] = []
    var isPlaced = [Bool](repeating: false, count: nodes.count)
    var waiting = Array(nodes.indices)
    while !waiting.isEmpty {
      var late: [Int] = []
      for index in waiting {
        if taken[index].allSatisfy(given.contains) {
          order.append(index)
          isPlaced[index] = true
          given.formUnion(nodes[index].outputs)
        } else {
          late.append(index)
        }
      }
      guard late.count < waiting.count else { throw cycle(among: late, producers, file) }
      waiting = late
    }
    var result = self
    result.nodes = order.map { nodes[$0] }
    return result
  }

  /// The error that names a cycle, found by walking back from a node that cannot be placed.
  private func cycle(among late: [Int], _ producers: [String: Int], _ file: String) -> ONNXError {
    let stuck = Set(late)
    var path: [Int] = []
    var current = late.first
    while let index = current, !path.contains(index) {
      path.append(index)
      current = nodes[index].takenValues.compactMap { producers[$0] }.first { stuck.contains($0) }
    }
    let start = current.flatMap { path.firstIndex(of: $0) } ?? 0
    let members = path[start...].reversed().map { "\"\(nodes[$0].name)\"" }
    return ONNXError(
      "\(file): the nodes \(members.joined(separator: " → ")) form a cycle; a graph without is needed")
  }
}
