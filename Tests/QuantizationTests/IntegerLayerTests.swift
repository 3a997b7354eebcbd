import BitModel
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

/// The integers that kernels take of a layer's weight and bias.
@Suite("Integer layers")
struct IntegerLayerTests {
  /// A convolution of so many channels, changed by `change`, and a classifier.
  private func model(
    channels: Int = 4, change: (inout NetworkBuilder) -> Void = { _ in }
  ) -> Model {
    var builder = NetworkBuilder()
    builder.convolution("a", "x", to: channels)
    change(&builder)
    builder.classifier("y", "a", from: channels)
    return builder.model("y")
  }

  private func bias(_ network: Network, _ layer: Int) throws -> [Double] {
    let name = try #require(network.layers[layer].biasName)
    return try #require(network.model.graph.initializers[name]).doubles()
  }

  /// What the integers of each channel's bias are multiples of.
  private func steps(_ layer: IntegerLayer, input: ActivationQuantizer) throws -> [Double] {
    try layer.weight.grid.scales.doubles().map { input.scale * $0 / Double(layer.multiplier) }
  }

  @Test(
    "weights are multiplied as far as 16-bit sums allow, and biases are multiples of the finer step",
    arguments: 2...8, [WeightScheme.Symmetry.symmetric, .automatic, .asymmetric])
  func multiplier(bits: Int, symmetry: WeightScheme.Symmetry) throws {
    let quantized = try IntegerNetworks.quantized(
      model(), bits: bits, WeightScheme(symmetry: symmetry))
    for index in 0..<2 {
      // 8 asymmetric bits may not fit.
      guard let layer = quantized.integerLayers[index] else {
        #expect(bits == 8 && symmetry == .asymmetric)
        continue
      }
      let isSymmetric = layer.weight.grid.isSymmetric
      let greatest = isSymmetric ? 1 << (bits - 1) : 1 << bits - 1
      let k = layer.multiplier
      #expect(k.nonzeroBitCount == 1 && (k == 1 || k * greatest <= 64) && 2 * k * greatest > 64)
      let axis = layer.weight.grid.axis
      let shape = layer.weight.levels.shape
      let zeros = try layer.weight.grid.zeros.reshaped(
        shape.indices.map { $0 == axis ? shape[$0] : 1 })
      let centered = try layer.weight.levels.subtracting(zeros).doubles()
      let bound = bits == 7 && !isSymmetric ? 127.0 : bits == 8 ? 128 : 64
      #expect(centered.allSatisfy { abs($0 * Double(k)) <= bound })
      let integers = try #require(layer.bias)
      let steps = try steps(layer, input: quantized.quantizers[index])
      let exact = try bias(quantized.float, index)
      #expect(layer.compactBias == nil && integers.count == exact.count)
      for (integer, (step, value)) in zip(integers, zip(steps, exact)) {
        #expect(abs(Double(integer) * step - value) <= step * 0.50001)
      }
    }
  }

  @Test(
    "a channel of hardly any weight keeps a large bias, which 32 bits hold",
    arguments: [0, 1e-12] as [Float], [2, 8])
  func emptyChannel(weight: Float, bits: Int) throws {
    let model = model { builder in
      let shape = [4, 4, 3, 3]
      var values = builder.numbers(144, times: 0.3)
      for index in 36..<72 { values[index] = index % 2 == 0 ? weight : -weight }
      builder.constant("a.w", TensorValue(values, shape: shape))
      builder.constant("a.b", TensorValue([0.1, 50, -0.2, 0.3] as [Float], shape: [4]))
    }
    let quantized = try IntegerNetworks.quantization(model).quantized(
      BitConfiguration(weightBits: [bits, 8], activationBits: 8), threads: 1)
    let layer = try #require(quantized.integerLayers[0])
    let integers = try #require(layer.bias)
    #expect(integers.allSatisfy { Int32(exactly: $0) != nil && abs($0) <= 1 << 30 })
    let steps = try steps(layer, input: quantized.quantizers[0])
    #expect(abs(Double(integers[1]) * steps[1] - 50) < 1e-4)
    // Other channels have the steps that they would have had.
    #expect(layer.changesWeight)
    let image = try IntegerNetworks.images(1)
    let output = try #require(quantized.float.valueIndices["a"])
    let grid = try #require(quantized.rounding.values[output])
    if let convolution = quantized.convolutions[0] {
      let greatest = try convolution(image).applying("max").item()
      #expect(abs(greatest - 50) <= grid.scale)
    }
    let logits = try quantized.logits(batches: [image], threads: 1)[0].doubles()
    let float = try quantized.float.logits(image).doubles()
    #expect(relativeDifference(logits, float) < 0.1)
    try IntegerNetworks.exported(quantized)
  }

  @Test(
    "biases of many channels take 16 bits, and are exact to a part of the output's step",
    arguments: [2, 4, 8])
  func compact(bits: Int) throws {
    let quantized = try IntegerNetworks.quantized(model(channels: 64), bits: bits)
    let layer = try #require(quantized.integerLayers[0])
    let compact = try #require(layer.compactBias)
    #expect(layer.scaleExponent != nil)
    let integers = try #require(layer.bias)
    let output = try #require(quantized.float.valueIndices["a"])
    let grid = try #require(quantized.rounding.values[output])
    let steps = try steps(layer, input: quantized.quantizers[0])
    for (integer, (step, value)) in zip(integers, zip(steps, try bias(quantized.float, 0))) {
      #expect(abs(Double(integer) * step - value) <= Double(compact.unit) / 2 + step)
    }
    #expect(Double(compact.unit) <= grid.scale / 16)
    for (level, value) in zip(compact.levels, try bias(quantized.float, 0)) {
      #expect(abs(Double(level) * Double(compact.unit) - value) <= Double(compact.unit) * 0.50001)
    }
    let exported = try IntegerNetworks.exported(quantized)
    #expect(exported.graph.initializers.values.contains { $0.dataType == .int16 && $0.shape == [64] })
    #expect(exported.graph.initializers.values.contains { $0.dataType == .float16 && $0.shape == [64] })
  }

  @Test("few channels take scales and biases as they are")
  func fewChannels() throws {
    let layer = try #require(IntegerNetworks.quantized(model(channels: 63), bits: 4).integerLayers[0])
    #expect(layer.compactBias == nil && layer.scaleExponent == nil && !layer.changesWeight)
  }

  @Test("8 bits whose differences from the zero point need 9 have no integers, and are exported all the same")
  func unfitting() throws {
    let model = model { builder in
      builder.constant(
        "a.w", TensorValue(builder.numbers(144, times: 0.3).map { abs($0) }, shape: [4, 4, 3, 3]))
    }
    let quantized = try IntegerNetworks.quantized(model, WeightScheme(symmetry: .asymmetric))
    #expect(quantized.integerLayers[0] == nil)
    #expect(try quantized.weights[0].levels.applying("max").item() > 127)
    let exported = try IntegerNetworks.exported(quantized)
    #expect(
      exported.graph.initializers.values.contains { $0.dataType == .uint8 && $0.shape == [4, 4, 3, 3] })
  }
}
