import Foundations
import ONNX
import Torch

/// The attributes that LSTM, GRU and RNN share.
struct RecurrentForm: Sendable {
  let gates: Int
  let directions: Int
  let isReverse: Bool

  /// - Parameter activations: the lists, one direction's, that are supported.
  init(_ node: Node, _ location: String, gates: Int, activations: [[String]]) throws {
    self.gates = gates
    func refuse(_ reason: String) -> NetworkError { .unsupported(location: location, reason: reason) }
    let direction = try node.string("direction") ?? "forward"
    guard ["forward", "reverse", "bidirectional"].contains(direction) else {
      throw refuse("direction is '\(direction)'; forward, reverse or bidirectional is needed")
    }
    directions = direction == "bidirectional" ? 2 : 1
    isReverse = direction == "reverse"
    if let given = try node.strings("activations") {
      let names = given.map { $0.lowercased() }
      let known = activations.map { list in (0..<directions).flatMap { _ in list.map { $0.lowercased() } } }
      guard known.contains(names) else {
        let right = activations.map { $0.joined(separator: ", ") }.joined(separator: " or ")
        throw refuse(
          "activations are \(given.joined(separator: ", ")); \(right) in each direction is supported")
      }
    }
    if node.attributes["clip"] != nil {
      throw refuse("clip is \(try node.float("clip") ?? 0); a layer without clip is supported")
    }
    guard try (node.integer("input_forget") ?? 0) == 0 else {
      throw refuse("input_forget is 1; 0 is supported")
    }
    guard try (node.integer("layout") ?? 0) == 0 else {
      throw refuse("layout is 1; 0 is supported, with a Transpose before and after")
    }
    if node.inputs.count > 7, !node.inputs[7].isEmpty {
      throw refuse("peepholes (input P) are not supported; a layer without them is")
    }
  }
}

/// The inputs of one run of a recurrent layer, in the shapes of ONNX.
struct RecurrentCall {
  /// What enters, [length, count, features].
  let input: Tensor
  /// Both biases of every direction, [directions, 2 · gates · size].
  let bias: Tensor?
  /// Steps of time.
  let length: Int
  /// Sequences that run at once.
  let count: Int
  /// Numbers in a state.
  let size: Int
  private let inputs: [Tensor?]
  private let form: RecurrentForm

  /// - Throws: `TorchError` where shapes do not fit together, or sequences are not all of full length.
  init(_ inputs: [Tensor?], _ form: RecurrentForm, withoutBias: Bool) throws {
    self.inputs = inputs
    self.form = form
    input = try required(inputs, 0)
    let recurrence = try required(inputs, 2).shape
    bias = withoutBias ? nil : optional(inputs, 3)
    guard input.rank == 3, recurrence.count == 3, recurrence[0] == form.directions,
      recurrence[1] == form.gates * recurrence[2]
    else {
      throw TorchError(
        operation: "recurrent layer",
        reason: "input of shape \(input.shape) for a recurrence weight of shape \(recurrence);"
          + " [length, count, features] and [\(form.directions), \(form.gates) · size, size] are needed")
    }
    length = input.shape[0]
    count = input.shape[1]
    size = recurrence[2]
    if let excess = FileLimits.recurrentSteps.excess(length) {
      throw TorchError(operation: "recurrent layer", reason: excess)
    }
    let expected = [form.directions, form.gates * size, input.shape[2]]
    guard try required(inputs, 1).shape == expected else {
      throw TorchError(
        operation: "recurrent layer",
        reason: "weight of shape \(try required(inputs, 1).shape); \(expected) is needed")
    }
    if let bias, bias.shape != [form.directions, 2 * form.gates * size] {
      throw TorchError(
        operation: "recurrent layer",
        reason: "bias of shape \(bias.shape); \([form.directions, 2 * form.gates * size]) is needed")
    }
    if let lengths = try integers(inputs, 4), let other = lengths.first(where: { $0 != length }) {
      throw TorchError(
        operation: "recurrent layer",
        reason: "a sequence of length \(other) among those of \(length); all of full length are supported")
    }
  }

  /// The state that input `position` begins with, or zeros, [directions, count, size].
  func state(_ position: Int) throws -> Tensor {
    let shape = [form.directions, count, size]
    guard let given = optional(inputs, position) else {
      return try Tensor.full(0, shape: shape, elementType: input.elementType)
    }
    guard given.shape == shape else {
      throw TorchError(
        operation: "recurrent layer", reason: "initial state of shape \(given.shape); \(shape) is needed")
    }
    // A state that the graph makes itself has the file's type where the network computes in another.
    return try given.converted(to: input.elementType)
  }

  /// One direction's weight, the input at `position`, with the gates in another order.
  func gates(of position: Int, _ direction: Int, order: [Int]) throws -> Tensor {
    let weight = try required(inputs, position)
    return try ordered(
      weight.sliced(dimension: 0, from: direction, to: direction + 1)
        .reshaped(Array(weight.shape.dropFirst())), order)
  }

  /// One direction's biases of the input and of the state, with the gates in another order.
  func biases(_ direction: Int, order: [Int]) throws -> [Tensor] {
    guard let bias else { return [] }
    let length = form.gates * size
    return try (0..<2).map { half in
      try ordered(
        bias.sliced(dimension: 0, from: direction, to: direction + 1).reshaped([2 * length])
          .sliced(dimension: 0, from: half * length, to: (half + 1) * length), order)
    }
  }

  private func ordered(_ tensor: Tensor, _ order: [Int]) throws -> Tensor {
    guard order != Array(0..<order.count) else { return tensor }
    return try Tensor.concatenated(
      order.map { try tensor.sliced(dimension: 0, from: $0 * size, to: ($0 + 1) * size) }, dimension: 0)
  }
}
