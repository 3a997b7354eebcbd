import BitModel
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

@Suite("Export of quantized networks")
struct QuantizedExportTests {
  private let model: Model
  private let images: Tensor
  private let configuration = BitConfiguration(weightBits: [8, 4, 4, 4, 8], activationBits: 8)

  init() throws {
    model = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
    let values: [Float] = (0..<576).map { index in Float((index * 31) % 53) / 26 - 1 }
    images = try Tensor(values, shape: [8, 2, 6, 6])
  }

  private func quantized(_ model: Model) throws -> QuantizedNetwork {
    try PostTrainingQuantization(model, name: "small", calibration: [images], threads: 1).quantized(
      configuration, threads: 1)
  }

  /// A model with a classifier large enough that files differ by its weight, everything in Constant nodes.
  private func paddle() throws -> Model {
    var large = model
    let count = 512 * 6
    large.graph.initializers["wide_weight"] = TensorValue(
      (0..<count).map { Float(($0 * 37) % 101) / 50 - 1 }, shape: [6, 512])
    large.graph.initializers["narrow_weight"] = TensorValue(
      (0..<count).map { Float(($0 * 53) % 97) / 48 - 1 }, shape: [512, 6])
    large.graph.initializers["wide_bias"] = TensorValue((0..<512).map { Float($0 % 7) / 7 }, shape: [512])
    large = large.inserting(
      [
        Node(
          "Gemm", name: "wide", inputs: ["flatten_out", "wide_weight", "wide_bias"], outputs: ["wide_out"]),
        Node(
          "MatMul", name: "narrow", inputs: ["wide_out", "narrow_weight"], outputs: ["flatten_out_after"]),
      ], after: "flatten_out")
    return large.withConstantNodes()
  }

  @Test("weights in Constant nodes leave no float weight behind, and the file is smaller")
  func constantNodes() throws {
    let source = try paddle().serialized()
    let read = try Model(source, name: "paddle")
    let quantization = try PostTrainingQuantization(read, name: "paddle", calibration: [images], threads: 1)
    #expect(quantization.network.layers.map(\.name).contains("wide"))
    let quantized = try quantization.quantized(
      BitConfiguration(weightBits: [8, 8, 8, 8, 8, 8, 8], activationBits: 8), threads: 1)
    let exported = try quantized.model()
    #expect(try exported.serialized().count < source.count)
    #expect(!exported.graph.nodes.contains { $0.operatorType == "Constant" })
    let layers = Set(quantization.network.layers.map(\.parameters))
    for value in exported.graph.initializers.values where value.dataType == .float {
      #expect(!layers.contains(value.count) || value.shape.count < 2)
    }
    let uses = exported.graph.useCounts()
    #expect(exported.graph.initializers.keys.allSatisfy { uses[$0] != nil })
    let copy = try Network(Model(exported.serialized(), name: "copy"))
    let simulated = try quantized.logits(batches: [images], threads: 1)[0].doubles()
    #expect(relativeDifference(try copy.logits(images).doubles(), simulated) < 1e-4)
  }

  @Test("what a weight or bias was computed from by constant nodes is not written")
  func computedConstants() throws {
    var derived = model
    let weight = derived.graph.initializers.removeValue(forKey: "classifier_weight")
    derived.graph.initializers["stored_weight"] = weight
    let bias = derived.graph.initializers.removeValue(forKey: "classifier_bias")
    derived.graph.initializers["stored_bias"] = bias
    derived.graph.nodes.insert(
      contentsOf: [
        Node("Identity", name: "same_weight", inputs: ["stored_weight"], outputs: ["classifier_weight"]),
        Node("Identity", name: "same_bias", inputs: ["stored_bias"], outputs: ["classifier_bias"]),
      ], at: 0)
    let exported = try quantized(derived).model()
    #expect(exported.graph.initializers["stored_weight"] == nil)
    #expect(!exported.graph.nodes.contains { $0.name == "same_weight" })
    let expected = try Network(quantized(model).model()).logits(images)
    #expect(try Network(exported).logits(images).bytes() == expected.bytes())
  }

  @Test("a network that ends in a softmax is quantized as one without, and its file keeps it")
  func softmax() throws {
    let (plain, soft) = try (quantized(model), quantized(model.endingInSoftmax(.flatten)))
    let expected = try plain.logits(batches: [images], threads: 1)[0]
    #expect(try soft.logits(batches: [images], threads: 1)[0].bytes() == expected.bytes())
    let exported = try soft.model()
    #expect(exported.graph.nodes.count { $0.operatorType == "Softmax" } == 1)
    let copy = try Network(Model(exported.serialized(), name: "copy"))
    #expect(copy.outputKind == .probabilities)
    #expect(relativeDifference(try copy.logits(images).doubles(), try expected.doubles()) < 1e-4)
  }

  @Test("a file made of a network with a batch of one has an open one")
  func batch() throws {
    let exported = try quantized(model.withBatch(of: 1)).model()
    #expect(exported.graph.inputs[0].shape?.first == .named("batch"))
    #expect(exported.graph.outputs[0].shape?.first == .named("batch"))
    let plain = try quantized(model).model()
    #expect(try exported.serialized() == plain.serialized())
  }
}
