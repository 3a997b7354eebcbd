import ONNX
import Torch

extension Network {
  /// Lists the quantizable layers, with shapes seen in a run on one blank image.
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
    let outputShapes = OutputShapes()
    var taps = Taps()
    taps.output = { layer, tensor in
      outputShapes.shapes[layer] = tensor.shape
      return tensor
    }
    let blank = try Tensor.full(0, shape: [1] + inputShape, elementType: elementType)
    let output = try logits(blank, taps: taps)
    guard output.rank == 2, let classes = output.shape.last, classes > 0 else {
      throw NetworkError.graph(
        "\(name): output \(outputName) has shape \(output.shape); logits [batch, classes] are needed")
    }
    classCount = classes
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
        weightName: candidate.weightName, inputName: node.inputs[0], outputShape: output,
        macs: output.reduce(1, *) * (shape.reduce(1, *) / outputChannels))
    }
  }
}

/// Collects shapes from a tap.
private final class OutputShapes {
  var shapes: [Int: [Int]] = [:]
}
