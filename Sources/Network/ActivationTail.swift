import Torch

extension Network {
  /// Activation functions that work on each element by itself.
  private static let activationOperators: Set<String> = [
    "Clip", "Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu", "Sigmoid",
    "Softplus",
    "Tanh",
  ]

  /// The steps from a layer's output to its activation function, which may lie behind the sum with a shortcut.
  ///
  /// Each step is the only one that uses the value before it, and sums are followed only where the other summand is
  /// known when the layer has been computed.
  ///
  /// - Returns: indices of steps, in the order in which they run; empty where no activation function follows.
  public func activationTail(ofLayer layer: Int) -> [Int] {
    guard let start = steps.firstIndex(where: { $0.layer == layer }), !steps[start].node.isRecurrent else {
      return []
    }
    var producers: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for slot in step.outputs.compactMap({ $0 }) { producers[slot] = index }
    }
    var tail: [Int] = []
    var activated = 0
    var value = steps[start].outputs.first.flatMap { $0 }
    while let current = value, !outputIndices.contains(current) {
      let users = steps.indices.filter { steps[$0].inputs.contains(current) }
      guard users.count == 1, let user = users.first, steps[user].outputs.count == 1 else { break }
      let others = steps[user].inputs.compactMap { $0 }.filter { $0 != current }
      let isKnown = others.allSatisfy { producers[$0].map { $0 <= start } ?? true }
      guard isKnown else { break }
      tail.append(user)
      if Self.activationOperators.contains(steps[user].node.operatorType) {
        activated = tail.count
      } else if steps[user].node.operatorType != "Add" || others.count != 1 {
        break
      }
      value = steps[user].outputs[0]
    }
    return Array(tail.prefix(activated))
  }

  /// What a layer's output becomes in the steps of ``activationTail(ofLayer:)``.
  ///
  /// - Parameters:
  ///   - output: in the place of the layer's own.
  ///   - layer: the position of the layer.
  ///   - tail: the steps.
  ///   - state: a pass that stands right behind the layer.
  public func activated(_ output: Tensor, ofLayer layer: Int, tail: [Int], in state: ForwardState) throws
    -> Tensor
  {
    var value = output
    var slot = outputIndex(ofLayer: layer)
    for index in tail {
      let step = steps[index]
      do {
        var context = KernelContext(mode: .inference)
        let inputs = step.inputs.map { input in
          input == slot ? value : input.flatMap { state[value: $0] ?? constants[$0] }
        }
        value = try step.kernel(inputs, &context)[0]
      } catch let error as TorchError {
        throw NetworkError.execution(location: step.location, reason: error.description)
      }
      slot = step.outputs.first.flatMap { $0 }
    }
    return value
  }
}
