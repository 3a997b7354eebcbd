import Torch

/// How a network is run.
public enum ForwardMode: Sendable {
  /// As deployed: batch norms use their running statistics.
  case inference
  /// As trained: batch norms use the batch's own statistics, which come back in the result.
  case training
  /// As SynFlow's virtual gradient wants it: batch norms pass their input on, biases and upper bounds are left out.
  case virtual
}

/// Functions that see, and may replace, what flows through quantizable layers.
///
/// Each gets the layer's index in ``Network/layers`` and gives back the tensor that takes its place.
public struct Taps {
  /// Sees what enters a layer.
  public var input: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?
  /// Sees a layer's weight.
  public var weight: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?
  /// Computes a layer in place of its operator, from what the other taps let in; nil leaves it to the operator.
  public var compute: ((_ layer: Int, _ input: Tensor, _ bias: Tensor?) throws -> Tensor?)?
  /// Sees what leaves a layer.
  public var output: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?
  /// Sees the images and what steps compute, by the index of the value, after the other taps.
  package var value: ((_ index: Int, _ tensor: Tensor) throws -> Tensor)?

  /// Makes taps; none are set.
  public init() {}
}

/// What a forward pass gives.
public struct ForwardResult: Sendable {
  /// The network's outputs, [N, numbers], such as logits [N, classes].
  public let output: Tensor
  /// In training mode, each batch norm's mean and biased variance over the batch, by the index of its step.
  public let batchStatistics: [Int: BatchStatistics]
}

/// A batch norm's statistics over one batch.
public struct BatchStatistics: Sendable {
  /// The mean of each channel.
  public let mean: Tensor
  /// The variance of each channel, divided by the number of elements.
  public let variance: Tensor
}

/// A forward pass that has been run up to some step and can be copied and continued.
///
/// Tensors are shared between copies, so keeping one costs no more than the values that are alive at its step.
public struct ForwardState: Sendable {
  /// The step that is run next.
  public private(set) var step: Int
  /// Values that were computed and are still needed, by index.
  private(set) var values: [Int: Tensor]
  private(set) var batchStatistics: [Int: BatchStatistics] = [:]
  /// The images of the pass, for messages; nil where they are not known.
  var images: Int?
  /// What the network was given, for messages.
  var given = ""
  /// Positions whose outputs count for nothing; nil where all count.
  package var ignored: Tensor?

  /// A pass that stands before a step.
  ///
  /// - Parameters:
  ///   - step: the next step to run.
  ///   - values: what later steps need of earlier ones, by value index.
  public init(step: Int, values: [Int: Tensor]) {
    self.step = step
    self.values = values
  }

  /// A value that is alive, by its index.
  public subscript(value index: Int) -> Tensor? {
    get { values[index] }
    set { values[index] = newValue }
  }

  /// The bytes of the values that are alive.
  public var byteCount: Int { values.values.reduce(0) { $0 + $1.count * $1.elementType.byteCount } }

  mutating func keep(_ statistics: BatchStatistics) { batchStatistics[step] = statistics }
  mutating func finishStep(releasing slots: [Int]) {
    for slot in slots { values[slot] = nil }
    step += 1
  }
}

extension Network {
  /// A forward pass that has not begun.
  ///
  /// - Parameter inputs: floating-point numbers are in the network's own element type.
  public func beginning(_ inputs: Inputs) throws -> ForwardState {
    guard inputs.tensors.count == inputIndices.count else {
      throw NetworkError.input(
        "\(name): has \(inputIndices.count) inputs (\(self.inputs.map(\.name).joined(separator: ", "))), but"
          + " \(inputs.tensors.count) arrays are given")
    }
    var state = ForwardState(step: 0, values: [:])
    for (index, tensor) in zip(inputIndices, inputs.tensors) {
      state[value: index] = try tensor.elementType.isFloatingPoint ? tensor.channelsLast() : tensor
    }
    state.images = inputs.count
    state.ignored = inputs.ignored
    state.given = givenText(inputs.tensors)
    return state
  }

  /// Runs a forward pass up to, and without, a step; to the end where none is named.
  ///
  /// - Parameters:
  ///   - state: the pass, which is moved on.
  ///   - end: the step to stop before.
  ///   - mode: as deployed, as trained, or for SynFlow's gradient.
  ///   - replacing: values to use in place of constants, by index; for weights that gradients are taken of.
  ///   - taps: what sees, and may replace, what flows through layers.
  /// - Throws: ``NetworkError`` naming the node that failed.
  public func advance(
    _ state: inout ForwardState, to end: Int? = nil, mode: ForwardMode = .inference,
    replacing: [Int: Tensor] = [:], taps: Taps = Taps()
  ) throws {
    let end = end ?? steps.count
    if state.step == 0, end > 0, let tap = taps.value {
      for index in inputIndices {
        if let input = state[value: index] { state[value: index] = try tap(index, input) }
      }
    }
    while state.step < end {
      let step = steps[state.step]
      let arguments = step.inputs.map { slot in
        slot.flatMap { state[value: $0] ?? replacing[$0] ?? constants[$0] }
      }
      do {
        var context = KernelContext(mode: mode)
        let outputs =
          try step.node.isRecurrent && !step.layers.isEmpty
          ? recurrentOutputs(step, arguments, &context, taps: taps)
          : outputs(of: step, arguments, &context, taps: taps)
        if let statistics = context.batchStatistics { state.keep(statistics) }
        for (slot, output) in zip(step.outputs, outputs) {
          if let slot { state[value: slot] = try taps.value?(slot, output) ?? output }
        }
      } catch let error as TorchError {
        let batch = state.images.map { "a batch of \($0): " } ?? ""
        throw NetworkError.execution(location: step.location, reason: batch + error.description + state.given)
      }
      state.finishStep(releasing: step.lastUses)
    }
  }

  /// What a step computes, with what taps make of a layer.
  private func outputs(
    of step: Step, _ given: [Tensor?], _ context: inout KernelContext, taps: Taps
  ) throws -> [Tensor] {
    guard let form = step.layers.first else { return try step.kernel(given, &context) }
    var arguments = given
    var results: [Tensor]?
    if let tap = taps.input, let tensor = arguments[form.dataInput] {
      arguments[form.dataInput] = try tap(form.layer, tensor)
    }
    if let tap = taps.weight, let tensor = arguments[form.weightInput] {
      arguments[form.weightInput] = try tap(form.layer, tensor)
    }
    if let tap = taps.compute, let tensor = arguments[form.dataInput] {
      results = try tap(form.layer, tensor, optional(arguments, 2)).map { [$0] }
    }
    var outputs = try results ?? step.kernel(arguments, &context)
    if let tap = taps.output { outputs[0] = try tap(form.layer, outputs[0]) }
    return outputs
  }

  /// The outputs of a forward pass that was run to the end, [N, numbers]; `Inputs.ignoredLogit` at positions that
  /// count for nothing.
  public func output(of state: ForwardState) throws -> Tensor {
    let values = try zip(outputs, outputIndices).map { output, index in
      guard let value = state[value: index] ?? constants[index] else {
        throw NetworkError.graph("\(name): the output \(output.name) was never computed")
      }
      return value
    }
    return try leavingOut(state.ignored, of: joinedOutput(values))
  }

  /// Runs the network.
  ///
  /// - Parameters:
  ///   - inputs: floating-point numbers are in the network's own element type.
  ///   - mode: as deployed, as trained, or for SynFlow's gradient.
  ///   - replacing: values to use in place of constants, by index; for weights that gradients are taken of.
  ///   - taps: what sees, and may replace, what flows through layers.
  /// - Throws: ``NetworkError`` naming the node that failed.
  public func forward(
    _ inputs: Inputs, mode: ForwardMode = .inference, replacing: [Int: Tensor] = [:], taps: Taps = Taps()
  ) throws -> ForwardResult {
    var state = try beginning(inputs)
    try advance(&state, mode: mode, replacing: replacing, taps: taps)
    return ForwardResult(output: try output(of: state), batchStatistics: state.batchStatistics)
  }

  /// Outputs [N, numbers], such as logits [N, classes], without recording for gradients.
  public func logits(_ inputs: Inputs, taps: Taps = Taps()) throws -> Tensor {
    try withoutGradients { try forward(inputs, taps: taps).output }
  }

  /// The index of the value that leaves a quantizable layer.
  public func outputIndex(ofLayer layer: Int) -> Int? {
    step(ofLayer: layer)?.outputs.first.flatMap { $0 }
  }

  /// The step that computes each quantizable layer.
  public var layerSteps: [Int] { steps.indices.flatMap { index in steps[index].layers.map { _ in index } } }

  /// The step that computes a quantizable layer.
  func step(ofLayer layer: Int) -> Step? { steps.first { $0.layers.contains { $0.layer == layer } } }
}
