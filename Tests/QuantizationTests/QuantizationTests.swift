import BitModel
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

@Suite("Quantization")
struct QuantizationTests {
  private func weight(_ shape: [Int]) throws -> Tensor {
    var stream = RandomStream(seed: 3, purpose: "test weight")
    let values = (0..<shape.reduce(1, *)).map { _ in Float(stream.uniform() * 2 - 0.7) }
    return try Tensor(values, shape: shape)
  }

  @Test(
    "levels stay on the grid, zero stays zero, errors shrink with bits", arguments: [[6, 4, 3, 3], [6, 10]])
  func grid(shape: [Int]) throws {
    let original = try weight(shape)
    var lastError = Double.infinity
    for bits in BitConfiguration.supportedBits {
      let quantized = try QuantizedWeight(nearest: original, axis: 0, bits: bits)
      let levels = try quantized.levels.doubles()
      let low = quantized.grid.isSymmetric ? -Double(1 << (bits - 1)) : 0
      #expect(levels.allSatisfy { $0 == $0.rounded() && $0 >= low && $0 <= low + Double(1 << bits) - 1 })
      #expect(try quantized.grid.zeros.doubles().allSatisfy { $0 == $0.rounded() })
      let error = try quantized.dequantized().subtracting(original).squared().sum().item()
      #expect(error < lastError)
      lastError = error
    }
  }

  @Test("each channel has a scale of its own along any axis")
  func axes() throws {
    let original = try weight([5, 7])
    let rows = try QuantizedWeight(nearest: original, axis: 0, bits: 3).dequantized().doubles()
    let transposed = try QuantizedWeight(nearest: original.permuted([1, 0]).contiguous(), axis: 1, bits: 3)
    #expect(transposed.grid.scales.shape == [5])
    #expect(try transposed.dequantized().permuted([1, 0]).doubles() == rows)
  }

  @Test("the range with the least squared error beats the full range")
  func leastError() throws {
    var values = [Float](repeating: 0, count: 200)
    for index in values.indices { values[index] = Float(index % 11) / 10 - 0.5 }
    values[0] = 6
    let original = try Tensor(values, shape: [1, 200])
    let quantized = try QuantizedWeight(nearest: original, axis: 0, bits: 3)
    let fullStep = (6.0 + 0.5) / 7
    #expect(try quantized.grid.scales.item() < 0.8 * fullStep)
  }

  @Test("inputs are rounded to the grid, halves to even, and cut off at its ends", arguments: [3, 8])
  func activations(bits: Int) throws {
    let quantizer = ActivationQuantizer(lowest: -1, highest: 2.5, bits: bits)
    var stream = RandomStream(seed: 6, purpose: "activations")
    let values = (0..<1000).map { _ in Float(stream.uniform() * 5 - 2) } + [0, 2.5, -1]
    let rounded = try quantizer.apply(Tensor(values, shape: [values.count])).doubles()
    let top = Double(1 << bits - 1)
    for (value, result) in zip(values, rounded) {
      let level = (Double(value) / quantizer.scale).rounded(.toNearestOrEven) + Double(quantizer.zero)
      let expected = (max(0, min(top, level)) - Double(quantizer.zero)) * quantizer.scale
      // A value within rounding error of the middle between two levels may go either way.
      let distance = abs((Double(value) / quantizer.scale).truncatingRemainder(dividingBy: 1))
      if abs(distance - 0.5) > 1e-4 { #expect(abs(result - expected) < 1e-6) }
    }
    #expect(Set(rounded).count > (1 << bits) * 9 / 10 && Set(rounded).count <= 1 << bits)
    #expect(abs((rounded.max() ?? 0) - (top - Double(quantizer.zero)) * quantizer.scale) < 1e-6)
    #expect(rounded[1000] == 0)
  }

  @Test(
    "levels are those of a division in single precision, halves to even",
    arguments: [(-1.0, 2.5, 8), (0.0, 6.0, 8), (0.0, 0.7314, 4), (-3.3, 3.1, 3)])
  func divisions(lowest: Double, highest: Double, bits: Int) throws {
    let quantizer = ActivationQuantizer(lowest: lowest, highest: highest, bits: bits)
    let scale = Float(quantizer.scale)
    var stream = RandomStream(seed: 8, purpose: "divisions")
    var values = (0..<500_000).map { _ in Float(stream.uniform() * 2 * (highest - lowest) - highest) }
    // The middles of two levels, and the numbers on both sides of them.
    for level in -quantizer.highest...quantizer.highest {
      let middle = (Float(level) + 0.5) * scale
      values += [middle, middle.nextUp, middle.nextDown, middle.nextUp.nextUp, middle.nextDown.nextDown]
    }
    let expected = values.map { value in
      let level = (value / scale).rounded(.toNearestOrEven) + Float(quantizer.zero)
      return Int(max(0, min(Float(quantizer.highest), level)))
    }
    let tensor = try Tensor(values, shape: [values.count])
    #expect(try quantizer.levels(of: tensor).integers().map { Int($0) } == expected)
    let rounded = try quantizer.apply(tensor).floats()
    #expect(rounded == expected.map { Float($0 - quantizer.zero) * scale })
    // The inverse is no substitute.
    let inverse = 1 / scale
    #expect(
      values.contains { ($0 / scale).rounded(.toNearestOrEven) != ($0 * inverse).rounded(.toNearestOrEven) })
  }

  private func small() throws -> (model: Model, images: Tensor) {
    let values: [Float] = (0..<576).map { index in Float((index * 31) % 53) / 26 - 1 }
    let images = try Tensor(values, shape: [8, 2, 6, 6])
    return (try Model(contentsOf: TestFiles.golden("small-network.onnx")), images)
  }

  @Test(
    "the exported file computes what was simulated", arguments: [[8, 2, 3, 4, 8], [5, 6, 7, 8, 2]], [8, 4])
  func export(bits: [Int], activationBits: Int) throws {
    let (model, images) = try small()
    let quantization = try PostTrainingQuantization(model, name: "small", calibration: [images], threads: 1)
    let configuration = BitConfiguration(weightBits: bits, activationBits: activationBits)
    let simulated = try quantization.quantized(configuration, threads: 1).logits(
      batches: [images], threads: 1)[0]
    let exported = try quantization.quantized(configuration, threads: 1).model()
    let types = exported.graph.initializers.values.map(\.dataType)
    #expect(types.contains(.uint2) == bits.contains(2))
    #expect(types.contains(.uint4) == bits.contains { (3...4).contains($0) })
    #expect(types.contains(.int8) == bits.contains { $0 > 4 })
    #expect(exported.opset == 25)
    let layers = try LayerEncoding.layers(of: exported)
    #expect(layers.map(\.weightBits) == bits)
    #expect(layers.map(\.activationBits) == bits.map { _ in activationBits })
    let copy = try Model(exported.serialized(), name: "quantized")
    let expected = try simulated.doubles()
    #expect(relativeDifference(try Network(copy).logits(images).doubles(), expected) < 1e-4)
  }

  @Test(
    "the operator set is the least that has the types, and names, metadata and open dimensions stay",
    arguments: [
      ([8, 5, 6, 7, 8], WeightPacking.least, 17), ([8, 3, 4, 3, 8], .least, 21),
      ([8, 2, 4, 3, 8], .least, 25),
      ([8, 2, 4, 3, 8], .fourBit, 21), ([8, 2, 4, 3, 8], .byte, 17),
    ])
  func operatorSet(bits: [Int], packing: WeightPacking, opset: Int) throws {
    var (model, images) = try small()
    #expect(model.opset == 17)
    model.metadata = [MetadataEntry(key: "licence", value: "BSD-2")]
    model.documentation = "a small network"
    model.modelVersion = 3
    model.domain = "org.example"
    let quantization = try PostTrainingQuantization(model, name: "small", calibration: [images], threads: 1)
    let quantized = try quantization.quantized(
      BitConfiguration(weightBits: bits, activationBits: 8), threads: 1)
    let data = try quantized.model(packing: packing).serialized()
    let exported = try Model(data, name: "quantized")
    #expect(exported.opset == opset)
    #expect(exported.graph.inputs == model.graph.inputs && exported.graph.outputs == model.graph.outputs)
    #expect(exported.metadata.first == model.metadata[0] && exported.metadata.count == 2)
    #expect(exported.documentation == "a small network")
    #expect(exported.modelVersion == 3 && exported.domain == "org.example")
    let names = Set(exported.graph.nodes.map(\.name))
    let kept = model.graph.nodes.filter { $0.operatorType != "BatchNormalization" }.map(\.name)
    #expect(kept.allSatisfy(names.contains))
    let size = try StoredSize(exported)
    #expect(abs(Double(size.total - data.count)) < 0.05 * Double(data.count))
    let stored = zip(quantization.network.layers, bits).map { layer, bits in
      let storedBits = packing.storedBits(bits)
      return (layer.parameters * (layer.outputAxis == 0 ? storedBits : max(4, storedBits)) + 7) / 8
    }
    #expect(size.weights == stored.reduce(0, +))
  }

  @Test("8 bits are close to float, and each layer's weight is quantized once")
  func closeness() throws {
    let (model, images) = try small()
    let quantization = try PostTrainingQuantization(model, name: "small", calibration: [images], threads: 2)
    let float = try Network(model).logits(images).doubles()
    let eight = BitConfiguration(weightBits: [8, 8, 8, 8, 8], activationBits: 8)
    let first = try quantization.quantized(eight, threads: 2).logits(batches: [images], threads: 1)[0]
      .doubles()
    #expect(relativeDifference(first, float) < 0.03)
    #expect(first != float)
    #expect(throws: NetworkError.self) {
      _ = try quantization.quantized(BitConfiguration(weightBits: [8], activationBits: 8), threads: 1)
    }
  }
}
