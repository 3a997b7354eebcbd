import ONNX
import Torch

let recurrentOperators: [String: KernelBuilder] = [
  "LSTM": recurrent(gates: 4, activations: [["Sigmoid", "Tanh", "Tanh"]]) { form, _ in
    // libtorch has the forget gate second and the output gate last.
    { call in
      try form.run(call, "lstm", order: [0, 2, 3, 1], states: [call.state(5), call.state(6)])
    }
  },
  "GRU": recurrent(gates: 3, activations: [["Sigmoid", "Tanh"]]) { form, node in
    let resetsProduct = try (node.integer("linear_before_reset") ?? 0) != 0
    return { call in
      // libtorch has the reset gate first.
      try resetsProduct
        ? form.run(call, "gru", order: [1, 0, 2], states: [call.state(5)])
        : form.resettingState(call, initial: call.state(5))
    }
  },
  "RNN": recurrent(gates: 1, activations: [["Tanh"], ["Relu"]]) { form, node in
    let operation = try node.strings("activations")?.first?.lowercased() == "relu" ? "rnn_relu" : "rnn_tanh"
    return { call in try form.run(call, operation, order: [0], states: [call.state(5)]) }
  },
]

/// What computes a recurrent layer from its inputs.
private typealias RecurrentKernel = @Sendable (RecurrentCall) throws -> [Tensor]

/// A builder for an operator that runs over time.
///
/// - Parameter activations: the lists, one direction's, that are supported; the first is the default.
private func recurrent(
  gates: Int, activations: [[String]],
  _ build: @escaping @Sendable (RecurrentForm, Node) throws -> RecurrentKernel
) -> KernelBuilder {
  { node, location in
    let form = try RecurrentForm(node, location, gates: gates, activations: activations)
    let kernel = try build(form, node)
    return { inputs, context in
      try kernel(RecurrentCall(inputs, form, withoutBias: context.mode == .virtual))
    }
  }
}

extension RecurrentForm {
  /// Runs an operation of libtorch: with gates in its order, and results in the shapes of ONNX.
  fileprivate func run(
    _ call: RecurrentCall, _ operation: String, order: [Int], states: [Tensor]
  ) throws -> [Tensor] {
    var parameters: [Tensor] = []
    for direction in 0..<directions {
      parameters.append(try call.gates(of: 1, direction, order: order))
      parameters.append(try call.gates(of: 2, direction, order: order))
      parameters += try call.biases(direction, order: order)
    }
    let input = try isReverse ? call.input.flipped(dimension: 0) : call.input
    var results = try Tensor.call(
      "aten::\(operation)", overload: "input",
      [
        .tensor(input), states.count == 1 ? .tensor(states[0]) : .tensors(states), .tensors(parameters),
        .bool(call.bias != nil), .int(1), .double(0), .bool(false), .bool(directions == 2), .bool(false),
      ])
    guard let output = results.first else {
      throw TorchError(operation: operation, reason: "gave no tensor")
    }
    let steps = try output.reshaped([call.length, call.count, directions, call.size]).permuted([0, 2, 1, 3])
    results[0] = try isReverse ? steps.flipped(dimension: 0) : steps
    return results
  }

  /// A GRU that resets the state before it is multiplied, which libtorch has no operation for.
  fileprivate func resettingState(_ call: RecurrentCall, initial: Tensor) throws -> [Tensor] {
    var outputs: [Tensor] = []
    var last: [Tensor] = []
    for direction in 0..<directions {
      let isBackward = isReverse || direction == 1
      let weight = try call.gates(of: 1, direction, order: [0, 1, 2])
      let recurrence = try call.gates(of: 2, direction, order: [0, 1, 2]).permuted([1, 0])
      var entering = try Tensor.single("aten::linear", [.tensor(call.input), .tensor(weight), .none])
      if call.bias != nil {
        // Neither of the two is multiplied with a gate.
        for bias in try call.biases(direction, order: [0, 1, 2]) { entering = try entering.adding(bias) }
      }
      let size = call.size
      let outer = try recurrence.sliced(dimension: 1, from: 0, to: 2 * size)
      let inner = try recurrence.sliced(dimension: 1, from: 2 * size, to: 3 * size)
      var state = try initial.sliced(dimension: 0, from: direction, to: direction + 1)
        .reshaped([call.count, size])
      var states: [Tensor] = []
      for step in 0..<call.length {
        let time = isBackward ? call.length - 1 - step : step
        let now = try entering.sliced(dimension: 0, from: time, to: time + 1)
          .reshaped([call.count, 3 * size])
        let gates = try now.sliced(dimension: 1, from: 0, to: 2 * size).adding(state.product(with: outer))
          .applying("sigmoid")
        let update = try gates.sliced(dimension: 1, from: 0, to: size)
        let reset = try gates.sliced(dimension: 1, from: size, to: 2 * size)
        let candidate = try now.sliced(dimension: 1, from: 2 * size, to: 3 * size)
          .adding(reset.multiplied(by: state).product(with: inner)).applying("tanh")
        state = try candidate.adding(update.multiplied(by: state.subtracting(candidate)))
        states.append(state)
      }
      if isBackward { states.reverse() }
      outputs.append(try Tensor.single("aten::stack", [.tensors(states), .int(0)]))
      last.append(state)
    }
    return [
      try Tensor.single("aten::stack", [.tensors(outputs), .int(1)]),
      try Tensor.single("aten::stack", [.tensors(last), .int(0)]),
    ]
  }
}

extension Tensor {
  /// The product of two matrices.
  fileprivate func product(with other: Tensor) throws -> Tensor {
    try Self.single("aten::mm", [.tensor(self), .tensor(other)])
  }
}
