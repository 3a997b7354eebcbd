import ONNX
import Torch

/// What a model's output says about classes.
public enum OutputKind: String, Sendable {
  /// Numbers of which a softmax makes probabilities; their logarithms are logits, too.
  case logits
  /// The softmax of logits.
  case probabilities

  /// Logits for what the model itself gave, [N, classes].
  ///
  /// Of probabilities these are the logarithms. One below the least normal number of single precision, which may
  /// have lost digits or be 0, counts as that.
  public func logits(of output: Tensor) throws -> Tensor {
    switch self {
    case .logits: output
    case .probabilities:
      try output.clamped(Double(Float.leastNormalMagnitude), .infinity).applying("log")
    }
  }

  /// What the model itself gives for a network's logits, [N, classes] or, of several positions, [N, positions · classes].
  public func output(of logits: Tensor, classCount: Int) throws -> Tensor {
    switch self {
    case .logits: logits
    case .probabilities:
      try logits.classRows(classCount).logSoftmax(dimension: 1).applying("exp").reshaped(logits.shape)
    }
  }

  /// A network's logits in the form that ``logits(of:)`` brings the model's output to.
  public func comparable(_ logits: Tensor, classCount: Int) throws -> Tensor {
    try self.logits(of: output(of: logits, classCount: classCount))
  }
}

extension Network {
  /// Lets the network end in what enters its final softmax, if it has one over the classes.
  ///
  /// Losses, divergences and gradients are of logits; a softmax taken for logits would flatten them all. The model
  /// keeps its softmax.
  mutating func removeFinalSoftmax() throws {
    guard objective == .classes,
      let name = model.graph.finalSoftmax(of: outputs[0].name, keepsShape: hasPositions),
      let position = steps.firstIndex(where: { $0.node.name == name }),
      let slot = steps[position].inputs.first.flatMap({ $0 })
    else { return }
    // An axis that is not over the classes alone would make other probabilities than those of the classes.
    let images = batch.isOpen ? 2 : batch.least
    let shape = try blankValues(batch: images, keeping: constants.indices.map { $0 == slot })[slot]?.shape
    let step = steps[position]
    guard let shape, shape.count > 1 else { return }
    let axis = try dimension(step.node.integer("axis") ?? -1, rank: shape.count)
    // Of several positions, the softmax has to see the output's own dimensions.
    let isOfClasses =
      hasPositions
      ? axis == classAxis && Array(shape.dropFirst()) == outputs[0].shape
      : shape.reduce(1, *) == images * shape[axis]
    guard axis > 0, shape[axis] > 1, isOfClasses else { return }
    steps[position].node = Node(
      "Identity", name: name, inputs: step.node.inputs, outputs: step.node.outputs)
    steps[position].kernel = { inputs, _ in [try required(inputs, 0)] }
    outputKind = .probabilities
  }
}

extension Graph {
  /// Operators that give the numbers they take in the same order.
  private static let keepingOperators: Set<String> = ["Cast", "Dropout", "Identity"]
  /// Those that change the shape.
  private static let reshapingOperators: Set<String> = ["Flatten", "Reshape", "Squeeze", "Unsqueeze"]

  /// The name of the Softmax node that an output is the result of, by way of nodes that change its shape at most.
  ///
  /// - Parameter keepsShape: whether they may not change that either.
  fileprivate func finalSoftmax(of output: String, keepsShape: Bool) -> String? {
    let passed = keepsShape ? Self.keepingOperators : Self.keepingOperators.union(Self.reshapingOperators)
    var value = output
    // What is made for other outputs does not matter.
    var single = self
    single.outputs = outputs.filter { $0.name == output }
    single.removeUnusedNodes()
    let uses = single.useCounts()
    while uses[value] == 1,
      let node = single.nodes.first(where: { $0.outputs.contains(value) }), node.domain.isEmpty,
      let input = node.inputs.first
    {
      if node.operatorType == "Softmax" { return node.name }
      guard passed.contains(node.operatorType) else { return nil }
      value = input
    }
    return nil
  }
}
