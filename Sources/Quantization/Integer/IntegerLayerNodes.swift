import ONNX
import Torch

extension IntegerExport {
  /// Adds nodes that give a layer's weight and bias in single precision, from which runtimes take the integers.
  ///
  /// - Parameters:
  ///   - inputScale: the scale of the layer's input.
  ///   - source: the layer's node in the source.
  mutating func addWeight(
    of layer: Int, inputScale: String, source: Node
  ) throws -> (weight: String, bias: String?) {
    guard let integer = quantized.integerLayers[layer] else {
      return try addFloatWeight(of: layer, source: source)
    }
    let weight = integer.weight
    let isTensor = weight.grid.scheme.granularity == .tensor
    let scale = try addScale(of: integer)
    let integers: String
    if weight.bits == 8 || packing == .byte {
      let centered = try weight.centered()?.integers().map { Int($0) * integer.multiplier } ?? []
      integers = constant(TensorValue(bytes: centered, signed: true, shape: weight.levels.shape))
    } else {
      let output = freshName()
      let unpacked = try Unpacking.nodes(of: integer, output: output, isInlined: packing == .inline)
      initializers += unpacked.constants
      for node in unpacked.nodes { append(node) }
      integers = output
    }
    // ONNX Runtime 1.32 fuses a Gemm whose zero points are written out alone.
    let needsZeros = source.operatorType == "Gemm"
    func zeros(_ type: DataType) -> String {
      isTensor
        ? constant(TensorValue(dataType: type, shape: [], bytes: .init(count: type == .int8 ? 1 : 4)))
        : compute(
          "ConstantOfShape", [constant(TensorValue([Int64(weight.grid.scales.count)], shape: [1]))],
          attributes: [
            "value": .tensor(
              TensorValue(dataType: type, shape: [1], bytes: .init(count: type == .int8 ? 1 : 4)))
          ])
    }
    let values = compute(
      "DequantizeLinear", [integers, scale] + (needsZeros ? [zeros(.int8)] : []),
      attributes: isTensor || weight.grid.axis == 1 ? [:] : ["axis": .integer(weight.grid.axis)])
    guard let bias = integer.bias else { return (values, nil) }
    let step = compute("Mul", [scale, inputScale])
    let summands = addIntegers(of: bias, compact: integer.compactBias, step: step)
    let biasValues = compute(
      "DequantizeLinear", [summands, step] + (needsZeros ? [zeros(.int32)] : []),
      attributes: isTensor ? [:] : ["axis": .integer(0)])
    return (values, biasValues)
  }

  /// The scales of what kernels multiply, s / k.
  private mutating func addScale(of integer: IntegerLayer) throws -> String {
    let grid = integer.weight.grid
    let scales = try grid.scales.floats()
    let k = Float(integer.multiplier)
    if grid.scheme.granularity == .tensor {
      return constant(TensorValue(scales.prefix(1).map { $0 / k }, shape: []))
    }
    guard let exponent = integer.scaleExponent else {
      return constant(TensorValue(scales.map { $0 / k }, shape: [scales.count]))
    }
    let unit = Float(sign: .plus, exponent: exponent, significand: 1)
    let halves = scales.map { Float16($0 / unit) }
    let stored = constant(
      TensorValue(dataType: .float16, shape: [halves.count], bytes: halves.withUnsafeBytes { .init($0) }))
    let wide = compute("Cast", [stored], attributes: ["to": .integer(DataType.float.rawValue)])
    return compute("Mul", [wide, constant(TensorValue([unit / k], shape: []))])
  }

  /// The integers of a bias, int32.
  ///
  /// - Parameters:
  ///   - bias: the integers.
  ///   - compact: what they are computed from where that is stored.
  ///   - step: what they are multiples of.
  private mutating func addIntegers(of bias: [Int], compact: CompactBias?, step: String) -> String {
    guard let compact else {
      let integers = bias.map { Int32(clamping: $0) }
      return constant(
        TensorValue(dataType: .int32, shape: [bias.count], bytes: integers.withUnsafeBytes { .init($0) }))
    }
    let stored = constant(
      TensorValue(
        dataType: .int16, shape: [bias.count], bytes: compact.levels.withUnsafeBytes { .init($0) }))
    let output = freshName()
    for node in BiasUnpacking.nodes(
      inputs: [stored, constant(TensorValue([compact.unit], shape: [])), step], output: output,
      isInlined: packing != .function)
    {
      append(node)
    }
    return output
  }

  /// The weight of a layer that no integer kernel computes, dequantized, and its bias in single precision.
  private mutating func addFloatWeight(of layer: Int, source: Node) throws -> (weight: String, bias: String?)
  {
    let weight = quantized.weights[layer]
    if quantized.configuration[layer].isFloat {
      let halves = try quantized.network.weights[layer].contiguous().converted(to: .float16)
      let stored = constant(TensorValue(dataType: .float16, shape: halves.shape, bytes: try halves.bytes()))
      let wide = compute("Cast", [stored], attributes: ["to": .integer(DataType.float.rawValue)])
      return (wide, try addFloatBias(of: layer, source: source))
    }
    let isTensor = weight.grid.scheme.granularity == .tensor
    let count = isTensor ? 1 : weight.grid.scales.count
    let shape = isTensor ? [] : [count]
    func integers(_ tensor: Tensor, _ shape: [Int]) throws -> String {
      constant(
        TensorValue(
          bytes: try tensor.integers().prefix(shape.reduce(1, *)).map { Int($0) },
          signed: weight.grid.isSymmetric, shape: shape))
    }
    let inputs = [
      try integers(weight.levels, weight.levels.shape),
      constant(try TensorValue(Array(weight.grid.scales.floats().prefix(count)), shape: shape)),
      try integers(weight.grid.zeros, shape),
    ]
    let values = compute(
      "DequantizeLinear", inputs, attributes: isTensor ? [:] : ["axis": .integer(weight.grid.axis)])
    return (values, try addFloatBias(of: layer, source: source))
  }

  private mutating func addFloatBias(of layer: Int, source: Node) throws -> String? {
    let known = quantized.float.bias(ofLayer: layer)
    guard source.operatorType != "MatMul",
      let bias = try quantized.shifts[layer].map({ shift in try known.map { try $0.adding(shift) } ?? shift })
        ?? known
    else { return nil }
    return constant(try TensorValue(bias.floats(), shape: bias.shape))
  }
}
