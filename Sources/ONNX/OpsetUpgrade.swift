import OrderedCollections

extension Model {
  /// The same model in the terms of a later operator set.
  ///
  /// Attributes that became inputs are moved, and defaults that changed are written out.
  /// - Throws: ``ONNXError`` naming a node whose old meaning has no form in the later set.
  public func upgraded(toOpset target: Int) throws -> Model {
    guard opset < target else { return self }
    var result = self
    result.opset = target
    // The formats that came with opsets 25 and 21; earlier ones know no 2-bit and no 4-bit integers.
    result.irVersion = max(irVersion, target >= 25 ? 13 : target >= 21 ? 10 : irVersion)
    var upgrade = NodeUpgrade(from: opset, to: target, initializers: graph.initializers)
    result.graph.nodes = try graph.nodes.flatMap { try upgrade.rewrite($0) }
    result.graph.initializers = upgrade.initializers
    return result
  }
}

/// Rewrites nodes one by one, adding constants for what became an input.
private struct NodeUpgrade {
  let from: Int
  let to: Int
  var initializers: OrderedDictionary<String, TensorValue>

  init(from: Int, to: Int, initializers: OrderedDictionary<String, TensorValue>) {
    self.from = from
    self.to = to
    self.initializers = initializers
  }

  private func crosses(_ version: Int) -> Bool { from < version && to >= version }

  mutating func rewrite(_ original: Node) throws -> [Node] {
    // A node without inputs or outputs is not one of those that changed.
    guard original.domain.isEmpty, !original.inputs.isEmpty, !original.outputs.isEmpty else {
      return [original]
    }
    var node = original
    switch node.operatorType {
    case "Squeeze", "Unsqueeze", "ReduceSum":
      if crosses(13) { try moveToInput("axes", of: &node) }
    case "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
      "ReduceLogSumExp", "ReduceSumSquare":
      if crosses(18) { try moveToInput("axes", of: &node) }
    case "Split":
      if crosses(13) { try moveToInput("split", of: &node) }
      if crosses(18), node.inputs.count < 2 { node.attributes["num_outputs"] = .integer(node.outputs.count) }
    case "Softmax", "LogSoftmax", "Hardmax":
      if crosses(13) { return try softmax(node) }
    case "Dropout":
      if crosses(12) { node.attributes["ratio"] = nil }
      node.inputs = Array(node.inputs.prefix(1))
    case "BatchNormalization":
      if crosses(14), node.outputs.count > 1 { node.outputs = Array(node.outputs.prefix(1)) }
    case "GroupNormalization":
      if crosses(21) { return try groupNormalization(node) }
    case "Upsample":
      throw ONNXError(
        "node \"\(node.name)\" (operator Upsample): is gone since opset 10; export with Resize",
        kind: .unavailable)
    default: break
    }
    return [node]
  }

  private mutating func moveToInput(_ attribute: String, of node: inout Node) throws {
    guard let values = try node.integers(attribute) else { return }
    let name = unique("\(node.name)_\(attribute)")
    initializers[name] = TensorValue(values.map { Int64($0) }, shape: [values.count])
    node.attributes[attribute] = nil
    node.inputs = [node.inputs[0], name]
  }

  /// Before opset 13 a softmax ran over all dimensions from `axis` on, which was 1 by default.
  private func softmax(_ node: Node) throws -> [Node] {
    let axis = try node.integer("axis") ?? 1
    var flatten = Node(
      "Flatten", name: node.name + "_flatten", inputs: node.inputs, outputs: [node.outputs[0] + "_flat"],
      attributes: ["axis": .integer(axis)])
    var result = node
    guard axis != -1 else { return [result] }
    let shape = Node(
      "Shape", name: node.name + "_shape", inputs: node.inputs, outputs: [node.outputs[0] + "_shape"])
    flatten.attributes["axis"] = .integer(axis)
    result.inputs = flatten.outputs
    result.outputs = [node.outputs[0] + "_soft"]
    result.attributes["axis"] = .integer(-1)
    let restore = Node(
      "Reshape", name: node.name + "_restore", inputs: [result.outputs[0], shape.outputs[0]],
      outputs: node.outputs)
    return [shape, flatten, result, restore]
  }

  /// Before opset 21 a group normalization had a scale and a shift a group, in place of one a channel.
  private mutating func groupNormalization(_ node: Node) throws -> [Node] {
    guard node.inputs.count == 3, let output = node.outputs.first, let groups = try node.integer("num_groups")
    else { return [node] }
    func constant(_ name: String, _ values: [Int64]) -> String {
      let name = unique("\(output)_\(name)")
      initializers[name] = TensorValue(values, shape: [values.count])
      return name
    }
    let count = constant("groups", [Int64(groups)])
    let column = constant("column", [Int64(groups), 1])
    let row = constant("row", [-1])
    let base = node.name
    var nodes = [
      Node(
        "Shape", name: base + "_shape", inputs: [node.inputs[0]], outputs: [output + "_channels"],
        attributes: ["start": .integer(1), "end": .integer(2)]),
      Node(
        "Div", name: base + "_width", inputs: [output + "_channels", count], outputs: [output + "_width"]),
      Node(
        "Concat", name: base + "_sizes", inputs: [count, output + "_width"], outputs: [output + "_sizes"],
        attributes: ["axis": .integer(0)]),
    ]
    var result = node
    for (position, part) in [(1, "scale"), (2, "shift")] {
      let name = "\(output)_\(part)"
      nodes += [
        Node(
          "Reshape", name: "\(base)_\(part)_column", inputs: [node.inputs[position], column],
          outputs: [name + "_column"]),
        Node(
          "Expand", name: "\(base)_\(part)_wide", inputs: [name + "_column", output + "_sizes"],
          outputs: [name + "_wide"]),
        Node(
          "Reshape", name: "\(base)_\(part)", inputs: [name + "_wide", row], outputs: [name]),
      ]
      result.inputs[position] = name
    }
    return nodes + [result]
  }

  private func unique(_ base: String) -> String {
    var name = base
    while initializers[name] != nil { name += "_" }
    return name
  }
}
