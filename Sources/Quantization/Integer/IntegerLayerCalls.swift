import Network
import ONNX
import Torch

extension IntegerExport {
  /// Adds a quantizable layer with what its input, weight and bias are made of.
  mutating func addLayer(_ given: Node, _ layer: Int) throws {
    var node = given
    var source = node.inputs[0]
    if let pad = padded[source] {
      source = pad.source
      let known = try node.integers("pads") ?? [0, 0, 0, 0]
      node.attributes["auto_pad"] = nil
      node.attributes["pads"] = .integers(zip(known, pad.pads).map { $0 + $1 })
    }
    let grid = quantized.rounding.layers[layer]
    let output = beforeRounding(node.outputs[0])
    if quantized.configuration[layer].isFloat {
      let parts = try addWeight(of: layer, inputScale: "", source: node)
      try appendLayer(
        node, layer, [floatInput(source), parts.weight] + (parts.bias.map { [$0] } ?? []), output)
      return
    }
    let input: GridValue
    let key = "\(source)/\(grid.bits)"
    if quantized.rounding.arrivesRounded[layer], let known = rounded[source] {
      input = known
    } else if let known = own[key] {
      input = known
    } else {
      input = integers(float(source), on: grid)
      own[key] = input
    }
    let parts = try addWeight(of: layer, inputScale: constants(of: grid).scale, source: node)
    try appendLayer(node, layer, [float(input), parts.weight] + (parts.bias.map { [$0] } ?? []), output)
  }

  /// Adds a node whose weights alone are rounded.
  mutating func addWeightOnly(_ given: Node, _ step: Step) throws {
    var node = given
    node.inputs = node.inputs.map { $0.isEmpty ? "" : float($0) }
    for form in step.layers {
      var weight = try addWeight(of: form.layer, inputScale: "", source: given).weight
      if let shape = step.inputs[form.weightInput].flatMap({ network.constants[$0]?.shape }),
        shape != network.layers[form.layer].weightShape
      {
        let sizes = constant(TensorValue(shape.map { Int64($0) }, shape: [shape.count]))
        weight = compute("Reshape", [weight, sizes])
      }
      node.inputs[form.weightInput] = weight
    }
    node.outputs = node.outputs.map { $0.isEmpty ? "" : beforeRounding($0) }
    append(node)
  }

  /// What a layer that stays float takes.
  ///
  /// ONNX Runtime rounds the weights of a convolution between DequantizeLinear and QuantizeLinear to 8 bits by itself; bounds
  /// that no level lies beyond keep it from that.
  private mutating func floatInput(_ source: String) -> String {
    guard let value = rounded[source] else { return float(source) }
    let (low, high) = (-value.grid.zero, value.grid.highest - value.grid.zero)
    let bounds = [low, high].map { level in
      constant(TensorValue([Float(Double(level) * value.grid.scale)], shape: []))
    }
    return compute("Clip", [float(value)] + bounds)
  }

  private mutating func appendLayer(
    _ given: Node, _ layer: Int, _ inputs: [String], _ output: String
  ) throws {
    var node = given
    node.inputs = inputs
    node.outputs = [output]
    if given.operatorType == "MatMul", let shift = quantized.shifts[layer] {
      let before = freshName()
      node.outputs = [before]
      append(node)
      let addend = constant(try TensorValue(shift.floats(), shape: [shift.count]))
      append(Node("Add", name: "", inputs: [before, addend], outputs: [output]))
    } else {
      append(node)
    }
  }
}
