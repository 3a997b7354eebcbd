import BitModel
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

@Suite("Layers that stay float")
struct FloatLayersTests {
  private let model: Model
  private let images: Tensor

  init() throws {
    model = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
    let values: [Float] = (0..<576).map { index in Float((index * 31) % 53) / 26 - 1 }
    images = try Tensor(values, shape: [8, 2, 6, 6])
  }

  private func quantized(_ bits: [Int], _ arithmetic: Arithmetic) throws -> QuantizedNetwork {
    var options = QuantizationOptions()
    options.arithmetic = arithmetic
    return try PostTrainingQuantization(
      model, name: "small", calibration: [images], options: options, threads: 1
    ).quantized(BitConfiguration(weightBits: bits, activationBits: 8), threads: 1)
  }

  @Test(
    "a network of float layers rounds nothing but weights to half precision", arguments: Arithmetic.allCases)
  func all(arithmetic: Arithmetic) throws {
    let network = try quantized([16, 16, 16, 16, 16], arithmetic)
    #expect(network.rounding.values.isEmpty)
    let expected = try Network(model).logits(images).doubles()
    let found = try network.logits(batches: [images], threads: 1)[0].doubles()
    #expect(relativeDifference(found, expected) < 1e-3)
    #expect(found != expected)
    let exported = try network.model()
    #expect(!exported.graph.nodes.contains { $0.operatorType.hasSuffix("QuantizeLinear") })
    #expect(relativeDifference(try Network(exported).logits(images).doubles(), found) < 1e-5)
  }

  @Test(
    "files of float layers among others compute what is simulated, and name their bits",
    arguments: [[8, 16, 4, 16, 8], [16, 8, 8, 8, 16], [3, 16, 16, 16, 3]], Arithmetic.allCases)
  func mixed(bits: [Int], arithmetic: Arithmetic) throws {
    let network = try quantized(bits, arithmetic)
    let exported = try Model(network.model().serialized(), name: "mixed")
    let found = try network.logits(batches: [images], threads: 1)[0].doubles()
    #expect(relativeDifference(try Network(exported).logits(images).doubles(), found) < 1e-3)
    #expect(try LayerEncoding.layers(of: exported).map(\.weightBits) == bits)
  }
}
