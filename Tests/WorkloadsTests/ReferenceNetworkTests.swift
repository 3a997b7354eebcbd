import BitModel
import Datasets
import Foundations
import Network
import ONNX
import ONNXRuntime
import Quantization
import TestSupport
import Testing
import Torch
import Workloads

/// Transformers, recurrent networks, detectors and others, as both of PyTorch's exporters write them.
@Suite("Reference networks")
struct ReferenceNetworkTests {
  private let context = WorkContext(threads: 2)

  private func workload(_ reference: ReferenceNetwork, _ data: Dataset) throws -> Workload {
    let source = try Model(contentsOf: reference.path)
    return try Workload(
      source: source, name: reference.file,
      options: NetworkOptions(objective: .values).completed(for: source, name: "network", by: data),
      preprocessing: data.arrays == nil ? Preprocessing(mean: [0], std: [1], scale: .bytes) : nil)
  }

  @Test("there are many")
  func coverage() { #expect(ReferenceNetwork.all.count > 45) }

  @Test("give what ONNX Runtime gives", arguments: ReferenceNetwork.all)
  func outputs(reference: ReferenceNetwork) throws {
    try TestFiles.withFolder { folder in
      let data = try reference.dataset(in: folder)
      let workload = try workload(reference, data)
      let network = workload.network
      // In the order of the file, and whole.
      let inputs =
        try data.arrays == nil
        ? workload.examples(of: data, needsLabels: false, context: context).batches[0]
        : Inputs(
          zip(data.arrayBatches(network.inputs.map(\.name), of: .max)[0], network.inputs).map {
            array, input in
            let tensor = try array.tensor()
            var order = Array(1..<max(1, tensor.rank))
            order.insert(0, at: input.batchAxis)
            return try tensor.permuted(order).contiguous().converted(to: input.elementType)
          }, batchAxes: network.inputs.map(\.batchAxis))
      let found = try network.logits(inputs).doubles()
      #expect(relativeDifference(found, try reference.expected(by: workload.network)) < 1e-5)
    }
  }

  struct Form: Sendable, CustomTestStringConvertible {
    let reference: ReferenceNetwork
    let arithmetic: Arithmetic
    var testDescription: String { "\(reference.file) \(arithmetic)" }

    static let all = ReferenceNetwork.whole.flatMap { reference in
      [Arithmetic.integer, .float].map { Form(reference: reference, arithmetic: $0) }
    }
  }

  @Test(
    "quantized files give what was simulated, in ONNX Runtime, too",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"), arguments: Form.all)
  func quantized(form: Form) throws {
    let judge = try #require(ONNXRuntimeJudge())
    try TestFiles.withFolder { folder in
      let data = try form.reference.dataset(in: folder)
      let workload = try workload(form.reference, data)
      let examples = try workload.examples(of: data, needsLabels: false, context: context)
      var options = QuantizationOptions()
      options.arithmetic = form.arithmetic
      options.rounding = .gptq
      let quantization = try workload.quantization(calibration: examples, options: options, context: context)
      let layers = quantization.network.layers
      #expect(!layers.isEmpty && Set(layers.map(\.name)).count == layers.count)
      // Bits of all kinds, in all kinds of layers.
      let bits = layers.indices.map { [4, 8, 3, 5, 8, 2, 6, 7][$0 % 8] }
      let quantized = try quantization.quantized(
        BitConfiguration(weightBits: bits, activationBits: 8), context: context)
      let simulated = try quantized.logits(batches: examples.batches, threads: 2)
      let file = "\(folder)/q.onnx"
      try quantized.model(packing: form.arithmetic == .float ? .fourBit : nil).write(to: file)
      let theirs = try judge.outputs(
        model: file, network: workload.network, batches: examples.batches, threads: 1)
      for (own, other) in zip(simulated, theirs) {
        // A value in the middle of two levels may go to either.
        #expect(try OutputFidelity.cosines(own, other).applying("min").item() > 0.9995)
      }
      let read = try Network(
        Model(contentsOf: file),
        options: NetworkOptions(
          inputShapes: workload.network.shapesOfInputs, objective: .values))
      let again = try read.logits(batches: examples.batches, threads: 1)
      for (own, other) in zip(simulated, again) {
        #expect(try OutputFidelity.cosines(own, other).applying("min").item() > 0.9995)
      }
      let encodings = try LayerEncoding.layers(of: Model(contentsOf: file))
      #expect(encodings.count == layers.count)
    }
  }

  @Test("tables and recurrent weights are layers of which the weight alone is rounded")
  func layers() throws {
    try TestFiles.withFolder { folder in
      let model = ReferenceNetwork.named("language-model")
      let network = try workload(model, model.dataset(in: folder)).network
      #expect(network.layers.map(\.operatorType) == ["Gather", "LSTM", "LSTM", "MatMul"])
      #expect(network.layers.map(\.isWeightOnly) == [true, true, true, false])
      #expect(network.layers[1].name.hasSuffix("/W") && network.layers[2].name.hasSuffix("/R"))
      #expect(network.layers[0].macs == 0 && network.layers[1].macs > 0)
      // The outer layers are the first and the last that multiply.
      #expect(network.costs.uniform(3).weightBits == [3, 8, 3, 8])
      for (weight, layer) in zip(network.weights, network.layers) {
        #expect(weight.shape == layer.weightShape)
      }
    }
  }
}
