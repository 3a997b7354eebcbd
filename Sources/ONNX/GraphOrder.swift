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

    let order = order(taken, producers)
    if order.count < nodes.count {
      let placed = Set(order)
      throw cycle(among: nodes.indices.filter { !placed.contains($0) }, producers, file)
    }
    var result = self
    result.nodes = order.map { nodes[$0] }
    return result
  }

  /// The positions of nodes, each after those whose values it takes, as passes over the nodes that place all they can would
  /// have it; those of a cycle, and what follows one, are left out.
  private func order(_ taken: [[String]], _ producers: [String: Int]) -> [Int] {
    let sources = taken.map { Set($0.compactMap { producers[$0] }) }
    var followers = [[Int]](repeating: [], count: nodes.count)
    for (index, own) in sources.enumerated() { for source in own { followers[source].append(index) } }
    var missing = sources.map(\.count)
    var pass = [Int](repeating: 0, count: nodes.count)
    var placed = nodes.indices.filter { missing[$0] == 0 }
    var next = 0
    while next < placed.count {
      let source = placed[next]
      next += 1
      for index in followers[source] {
        // What stands before its source waits for the next pass.
        pass[index] = max(pass[index], pass[source] + (index < source ? 1 : 0))
        missing[index] -= 1
        if missing[index] == 0 { placed.append(index) }
      }
    }
    return placed.sorted { (pass[$0], $0) < (pass[$1], $1) }
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
    let shown = members.count > 20 ? members.prefix(10) + ["… (\(members.count) in all)"] : members[...]
    return ONNXError(
      "\(file): the nodes \(shown.joined(separator: " → ")) form a cycle; a graph without is needed")
  }
}
