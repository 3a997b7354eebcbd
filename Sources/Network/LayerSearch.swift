import ONNX
import Torch

extension Network {
  /// Lists the quantizable layers, with shapes seen in a run on the fewest blank images possible.
  mutating func findLayers() throws {
    var candidates: [(node: Node, weight: Tensor, axis: Int, form: LayerOperator)] = []
    for index in steps.indices {
      let step = steps[index]
      guard step.node.domain.isEmpty else { continue }
      for form in LayerOperator.registered[step.node.operatorType] ?? [] {
        guard step.inputs.count > max(form.weightInput, form.dataInput),
          let slot = step.inputs[form.weightInput], let weight = constants[slot],
          let source = step.inputs[form.dataInput], constants[source] == nil,
          let axis = try form.outputAxis(step.node, weight)
        else { continue }
        steps[index].layers.append(
          StepLayer(layer: candidates.count, weightInput: form.weightInput, dataInput: form.dataInput))
        candidates.append((step.node, weight, axis, form))
      }
    }
    let outputShapes = SeenShapes()
    var taps = Taps()
    let inputShapes = SeenShapes()
    taps.input = { layer, tensor in
      inputShapes.shapes[layer] = tensor.shape
      return tensor
    }
    taps.output = { layer, tensor in
      outputShapes.shapes[layer] = tensor.shape
      return tensor
    }
    _ = try logits(blankInputs(batch.least), taps: taps)
    layers = try candidates.enumerated().map { index, candidate in
      let node = candidate.node
      let isRecurrent = node.isRecurrent
      // Each gate's row of each direction is a channel.
      let known = candidate.weight.shape
      let shape = isRecurrent ? [known[0] * known[1], known[2]] : known
      let output = Array((outputShapes.shapes[index] ?? [1]).dropFirst())
      let form = candidate.form
      let outputChannels = max(1, shape[candidate.axis])
      return QuantizableLayer(
        name: isRecurrent ? "\(node.name)/\(candidate.form.weightInput == 1 ? "W" : "R")" : node.name,
        operatorType: node.operatorType, weightShape: shape, outputAxis: candidate.axis,
        groups: try node.operatorType.hasPrefix("Conv")
          ? node.integer("group") ?? 1 : isRecurrent && form.weightInput == 2 ? known[0] : 1,
        weightName: node.inputs[form.weightInput],
        biasName: form.weightInput == 1 && !isRecurrent && node.inputs.count > 2 && !node.inputs[2].isEmpty
          ? node.inputs[2] : nil,
        convolution: try Self.geometry(
          of: node, inputShape: inputShapes.shapes[index] ?? [], weightShape: shape, in: name),
        inputName: node.inputs[form.dataInput], weightInput: form.weightInput,
        isWeightOnly: form.isWeightOnly,
        outputShape: output,
        macs: node.operatorType == "Gather"
          ? 0
          : isRecurrent
            ? shape.reduce(output.first ?? 1, *) : output.reduce(1, *) * (shape.reduce(1, *) / outputChannels)
      )
    }
  }
}

extension Network {
  private static func geometry(
    of node: Node, inputShape: [Int], weightShape: [Int], in name: String
  ) throws -> ConvolutionGeometry? {
    guard node.operatorType == "Conv", weightShape.count == 4, inputShape.count == 4 else { return nil }
    let strides = try node.integers("strides") ?? [1, 1]
    let dilations = try node.integers("dilations") ?? [1, 1]
    let (before, after) = try Padding(node, nodeLocation(node, in: name)).amounts(
      size: Array(inputShape.suffix(2)), kernel: Array(weightShape.suffix(2)), strides: strides,
      dilations: dilations)
    return ConvolutionGeometry(
      strides: strides, dilations: dilations, paddingBefore: before, paddingAfter: after)
  }
}

/// Collects shapes from a tap.
private final class SeenShapes {
  var shapes: [Int: [Int]] = [:]
}
