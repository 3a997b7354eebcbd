import BitModel
import Network
import ONNX
import ONNXRuntime
import Quantization
import TestSupport
import Testing
import Torch

/// Weights of all numbers of bits in one network, as they are computed from a file.
@Suite("Unpacking of weights")
struct UnpackingTests {
  /// Seven layers: convolutions, one of them by channel, and a classifier.
  private func model() -> Model {
    var builder = NetworkBuilder()
    builder.convolution("a", "x", to: 8)
    builder.add("Relu", "ar", ["a"])
    builder.convolution("b", "ar", from: 8, to: 8, groups: 8)
    builder.add("Relu", "br", ["b"])
    builder.convolution("c", "br", from: 8, to: 8, kernel: 1)
    builder.add("Add", "sum", ["c", "ar"])
    builder.convolution("d", "sum", from: 8, to: 12)
    builder.add("Relu", "dr", ["d"])
    builder.convolution("e", "dr", from: 12, to: 9, kernel: 1)
    builder.add("Relu", "er", ["e"])
    builder.convolution("f", "er", from: 9, to: 7)
    builder.add("Relu", "fr", ["f"])
    builder.classifier("y", "fr", from: 7, to: 5)
    return builder.model("y")
  }

  private func images(_ count: Int) throws -> Tensor {
    var builder = NetworkBuilder()
    return try Tensor(builder.numbers(count * 144), shape: [count, 4, 6, 6])
  }

  struct Form: Sendable, CustomTestStringConvertible {
    let symmetry: WeightScheme.Symmetry
    let granularity: WeightScheme.Granularity
    let packing: WeightPacking
    let bits: [Int]
    var testDescription: String { "\(symmetry) \(granularity) \(packing) \(bits)" }

    static let all = WeightScheme.Granularity.allCases.flatMap { granularity in
      [WeightScheme.Symmetry.symmetric, .asymmetric].flatMap { symmetry in
        [(WeightPacking.function, [2, 3, 4, 5, 6, 7, 2]), (.inline, [7, 6, 5, 4, 3, 2, 5])].map {
          Form(symmetry: symmetry, granularity: granularity, packing: $0.0, bits: $0.1)
        }
      }
    }
  }

  @Test(
    "a file's logits are the simulated ones, in ONNX Runtime, too, and all layers run on integers",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"), arguments: Form.all)
  func logits(form: Form) throws {
    let judge = try #require(ONNXRuntimeJudge())
    var options = QuantizationOptions()
    options.arithmetic = .integer
    options.weights = WeightScheme(symmetry: form.symmetry, granularity: form.granularity)
    let images = try images(16)
    let quantized = try PostTrainingQuantization(
      model(), name: "built", calibration: [images], options: options, threads: 1
    ).quantized(BitConfiguration(weightBits: form.bits, activationBits: 8), threads: 1)
    #expect(quantized.integerLayers.allSatisfy { $0 != nil })
    let simulated = try quantized.logits(batches: [images], threads: 1)[0].doubles()
    try TestFiles.withFolder { folder in
      let file = "\(folder)/m.onnx"
      try quantized.model(packing: form.packing).write(to: file)
      let read = try Model(contentsOf: file)
      #expect(read.functions.count == (form.packing == .function ? 1 : 0))
      // Nothing that is packed is stored as bytes beside.
      #expect(!read.graph.initializers.values.contains { $0.dataType == .int8 && $0.count > 1 })
      let own = try Network(read).logits(images).doubles()
      #expect(relativeDifference(own, simulated) < 1e-4)
      let theirs = try judge.logits(model: file, images: [images], threads: 1).doubles()
      #expect(relativeDifference(theirs, simulated) < 1e-4)
      let layers = try OptimizedGraph(of: file, judge: judge).layers
      #expect(layers.count == 7 && layers.allSatisfy(\.isInteger), "\(layers.filter { !$0.isInteger })")
    }
  }
}
