import BitModel
import Network
import ONNX
import TestSupport
import Testing
import Torch

import Quantization

@Suite("Correction of outputs")
struct OutputCorrectionTests {
  /// A network of which the second batch norm cannot be folded: its layer's output goes past it, too.
  private func branched() throws -> Model {
    var model = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
    model.graph.nodes.insert(
      Node("Add", name: "past", inputs: ["relu2_out", "depthwise_out"], outputs: ["past_out"]),
      at: try #require(model.graph.nodes.firstIndex { $0.name == "pointwise" }))
    let index = try #require(model.graph.nodes.firstIndex { $0.name == "pointwise" })
    model.graph.nodes[index].inputs[0] = "past_out"
    return model
  }

  @Test("a layer whose batch norm stays apart is not re-estimated")
  func singleUse() throws {
    let values: [Float] = (0..<576).map { index in Float((index * 31) % 53) / 26 - 1 }
    let batches = [try Tensor(values, shape: [8, 2, 6, 6])]
    var options = QuantizationOptions()
    options.correction = .batchNorm
    let quantization = try PostTrainingQuantization(
      branched(), name: "branched", calibration: batches, options: options, threads: 1)
    #expect(quantization.network.stepOperators.contains("BatchNormalization"))
    let names = quantization.network.layers.map(\.name)
    let depthwise = try #require(names.firstIndex(of: "depthwise"))
    let found = zip(names, quantization.batchNorms).filter { $1 != nil }.map(\.0)
    #expect(found == ["conv1", "pointwise"])
    // With 8 bits the network stays what it was; a batch norm applied twice would be seen.
    let quantized = try quantization.quantized(
      BitConfiguration(weightBits: names.map { _ in 8 }, activationBits: 8), threads: 1)
    #expect(quantized.shifts[depthwise] == nil)
    options.correction = .none
    let plain = try PostTrainingQuantization(
      branched(), name: "branched", calibration: batches, options: options, threads: 1
    ).quantized(quantized.configuration, threads: 1)
    #expect(
      try quantized.weights[depthwise].dequantized().bytes() == plain.weights[depthwise].dequantized().bytes()
    )
  }

  @Test("several on the same rounded weights are those that options name", arguments: [false, true])
  func several(isSequential: Bool) throws {
    let values: [Float] = (0..<1152).map { index in Float((index * 31) % 53) / 26 - 1 }
    let batches = [try Tensor(values, shape: [16, 2, 6, 6])]
    let configuration = BitConfiguration(weightBits: [8, 2, 3, 2, 8], activationBits: 8)
    func quantization(_ correction: Correction) throws -> PostTrainingQuantization {
      var options = QuantizationOptions()
      options.isSequential = isSequential
      options.correction = correction
      return try PostTrainingQuantization(
        Model(contentsOf: TestFiles.golden("small-network.onnx")), name: "small", calibration: batches,
        options: options, threads: 1)
    }
    func logits(_ network: QuantizedNetwork) throws -> [Double] {
      try network.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
    }
    let several = try quantization(.bias).quantized(configuration, under: Correction.allCases, threads: 1)
    for (correction, network) in zip(Correction.allCases, several) {
      #expect(try logits(network) == logits(quantization(correction).quantized(configuration, threads: 1)))
    }
    let few = try quantization(.none).quantized(configuration, under: [.none, .bias], images: 4, threads: 1)
    #expect(try logits(few[0]) == logits(several[0]))
    #expect(try logits(few[1]) != logits(several[1]))
  }
}
