import ONNX
import Torch

extension Node {
  /// Whether it runs over time with a state.
  package var isRecurrent: Bool { domain.isEmpty && ["LSTM", "GRU", "RNN"].contains(operatorType) }
}

extension Network {
  /// What a recurrent step computes, with what taps make of its two layers.
  ///
  /// Taps see examples first: what enters as [N, time, numbers], and what leaves as [N, time, directions · size]. Weights
  /// are [directions · gates · size, numbers] for them.
  func recurrentOutputs(
    _ step: Step, _ given: [Tensor?], _ context: inout KernelContext, taps: Taps
  ) throws -> [Tensor] {
    var arguments = given
    for form in step.layers {
      if let tap = taps.input, let tensor = arguments[form.dataInput] {
        arguments[form.dataInput] = try tap(form.layer, tensor.permuted([1, 0, 2])).permuted([1, 0, 2])
      }
      if let slot = step.inputs[form.weightInput], let weight = arguments[form.weightInput] {
        let shape = constants[slot]?.shape ?? weight.shape
        let flat = try weight.reshaped([-1, shape[shape.count - 1]])
        arguments[form.weightInput] = try (taps.weight?(form.layer, flat) ?? flat).reshaped(shape)
      }
    }
    var outputs = try step.kernel(arguments, &context)
    guard let tap = taps.output else { return outputs }
    let shape = outputs[0].shape
    var seen = try outputs[0].permuted([2, 0, 1, 3]).contiguous().reshaped([
      shape[2], shape[0], shape[1] * shape[3],
    ])
    for form in step.layers { seen = try tap(form.layer, seen) }
    let values = try seen.reshaped([shape[2], shape[0], shape[1], shape[3]]).permuted([1, 2, 0, 3])
    outputs[0] = values
    // The last state is what was seen, too.
    if outputs.count > 1 {
      let direction = try step.node.string("direction") ?? "forward"
      let parts = try (0..<shape[1]).map { index in
        let isBackward = direction == "reverse" || index == 1
        let time = isBackward ? 0 : shape[0] - 1
        return try values.sliced(dimension: 0, from: time, to: time + 1)
          .sliced(dimension: 1, from: index, to: index + 1).reshaped([1, shape[2], shape[3]])
      }
      outputs[1] = try Tensor.concatenated(parts, dimension: 0)
    }
    return outputs
  }

  /// What a recurrent layer makes of examples with one of its weights in the place of its own, its state zeros at first.
  ///
  /// - Parameters:
  ///   - input: [N, time, numbers].
  ///   - weight: [directions · gates · size, numbers].
  /// - Returns: [N, time, directions · size].
  func recurrentPart(_ step: Step, layer: Int, input: Tensor, weight: Tensor) throws -> Tensor {
    var inputs = step.inputs.map { $0.flatMap { constants[$0] } }
    inputs[0] = try input.permuted([1, 0, 2])
    for form in step.layers where form.layer == layer {
      if let slot = step.inputs[form.weightInput], let known = constants[slot] {
        inputs[form.weightInput] = try weight.reshaped(known.shape)
      }
    }
    var context = KernelContext(mode: .inference)
    let output = try step.kernel(inputs, &context)[0]
    return try output.permuted([2, 0, 1, 3]).contiguous()
      .reshaped([output.shape[2], output.shape[0], output.shape[1] * output.shape[3]])
  }
}
