import ONNX
import Torch

extension Network {
  /// Lists the quantizable layers, with shapes seen in a run on the fewest blank images possible.
  mutating func findLayers() throws {
    var candidates: [(step: Int, node: Node, weight: Tensor, weightName: String)] = []
    for index in steps.indices {
      let node = steps[index].node
      guard ["Conv", "Gemm", "MatMul"].contains(node.operatorType), steps[index].inputs.count >= 2,
        let slot = steps[index].inputs[1], let weight = constants[slot], weight.rank >= 2,
        let source = steps[index].inputs[0], constants[source] == nil
      else { continue }
      steps[index].layer = candidates.count
      candidates.append((index, node, weight, node.inputs[1]))
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
      let shape = candidate.weight.shape
      let output = Array((outputShapes.shapes[index] ?? [1]).dropFirst())
      let transposed = try node.operatorType == "Gemm" && (node.integer("transB") ?? 0) != 0
      let axis = node.operatorType == "Conv" || transposed ? 0 : shape.count - 1
      let outputChannels = max(1, shape[axis])
      return QuantizableLayer(
        name: node.name, operatorType: node.operatorType, weightShape: shape, outputAxis: axis,
        groups: try node.operatorType == "Conv" ? node.integer("group") ?? 1 : 1,
        weightName: candidate.weightName,
        biasName: node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : nil,
        convolution: try Self.geometry(
          of: node, inputShape: inputShapes.shapes[index] ?? [], weightShape: shape, in: name),
        inputName: node.inputs[0], outputShape: output,
        macs: output.reduce(1, *) * (shape.reduce(1, *) / outputChannels))
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
