import ONNX

/// What may stand between a final softmax and the output.
public enum SoftmaxEnding: String, CaseIterable, Sendable {
  case last, identity, reshape, flatten, squeeze, firstAxis
}

extension Model {
  /// The same model with its logits [N, classes] through a softmax, and nodes behind it that keep the classes.
  public func endingInSoftmax(_ ending: SoftmaxEnding = .last) -> Model {
    var result = self
    guard let output = graph.outputs.first, case .fixed(let classes)? = output.shape?.last else {
      return self
    }
    let logits = "\(output.name)_logits"
    for index in result.graph.nodes.indices {
      result.graph.nodes[index].outputs = result.graph.nodes[index].outputs.map {
        $0 == output.name ? logits : $0
      }
    }
    result.graph.initializers["softmax_axes"] = TensorValue([Int64(2), 3], shape: [2])
    result.graph.initializers["softmax_shape"] = TensorValue([Int64(-1), Int64(classes)], shape: [2])
    func add(
      _ operatorType: String, _ inputs: [String], _ output: String, _ attributes: (String, Attribute)...
    ) {
      result.graph.nodes.append(
        Node(
          operatorType, name: "softmax_\(result.graph.nodes.count)", inputs: inputs, outputs: [output],
          attributes: .init(uniqueKeysWithValues: attributes)))
    }
    switch ending {
    case .last: add("Softmax", [logits], output.name)
    case .firstAxis: add("Softmax", [logits], output.name, ("axis", .integer(1)))
    case .identity:
      add("Softmax", [logits], "softmax", ("axis", .integer(-1)))
      add("Identity", ["softmax"], output.name)
    case .reshape, .flatten, .squeeze:
      add("Unsqueeze", [logits, "softmax_axes"], "softmax_images")
      add("Softmax", ["softmax_images"], "softmax", ("axis", .integer(1)))
      switch ending {
      case .reshape: add("Reshape", ["softmax", "softmax_shape"], output.name)
      case .flatten: add("Flatten", ["softmax"], output.name)
      default: add("Squeeze", ["softmax", "softmax_axes"], output.name)
      }
    }
    result.graph.removeUnusedInitializers()
    return result
  }

  /// The same model with all of its constants in Constant nodes.
  public func withConstantNodes() -> Model {
    var result = self
    let nodes = graph.initializers.map { name, value in
      Node(
        "Constant", name: "\(name)_node", inputs: [], outputs: [name], attributes: ["value": .tensor(value)])
    }
    result.graph.initializers = [:]
    result.graph.nodes = nodes + graph.nodes
    return result
  }

  /// The same model with the first dimension of its inputs and outputs fixed.
  public func withBatch(of size: Int) -> Model {
    var result = self
    for index in result.graph.inputs.indices { result.graph.inputs[index].shape?[0] = .fixed(size) }
    for index in result.graph.outputs.indices { result.graph.outputs[index].shape?[0] = .fixed(size) }
    result.graph.valueInfos = []
    return result
  }

  /// The same model with nodes put between a value and all that takes it.
  ///
  /// - Parameter nodes: of which the first takes `value` and the last gives `value` with `_after` behind it.
  public func inserting(_ nodes: [Node], after value: String) -> Model {
    var result = self
    for index in result.graph.nodes.indices {
      result.graph.nodes[index].inputs = result.graph.nodes[index].inputs.map {
        $0 == value ? "\(value)_after" : $0
      }
    }
    let producer = graph.nodes.firstIndex { $0.outputs.contains(value) }
    result.graph.nodes.insert(contentsOf: nodes, at: producer.map { $0 + 1 } ?? 0)
    return result
  }
}
