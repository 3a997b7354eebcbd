import BitModel
import Datasets
import Foundations
import LayerStatistics
import Network
import ONNX
import Proxies
import Quantization
import Statistics
import TestSupport
import Testing
import Torch
import Workloads

/// Statistics, responses and scores of networks that are no classifiers of images.
@Suite("Statistics of any network")
struct AnyNetworkStatisticsTests {
  static let names = [
    "bert-tiny", "language-model", "lstm-bidirectional", "gru", "speech-state", "unet-tiny", "vit-tiny",
    "detector-tiny",
  ]

  /// Examples of a network's shapes, drawn anew.
  private func workload(_ name: String, _ folder: String, count: Int = 12) throws -> (Workload, Dataset) {
    let reference = ReferenceNetwork.named(name)
    let data = try reference.dataset(in: folder) { arrays in
      arrays = arrays.map { name, array in
        let shape = [count] + array.shape.dropFirst()
        var stream = RandomStream(seed: 3, purpose: name)
        let size = shape.reduce(1, *)
        return array.type.isFloatingPoint
          ? (name, NumPyArray((0..<size).map { _ in Float(2 * stream.uniform() - 1) }, shape: shape))
          : (
            name,
            NumPyArray(
              (0..<size).map { _ in
                // Masks hide nothing, and there are two types of tokens.
                Int64(1 + (name.contains("mask") || name.contains("type") ? 0 : stream.integer(below: 20)))
              }, shape: shape)
          )
      }
    }
    let source = try Model(contentsOf: reference.path)
    let options = try NetworkOptions(objective: .values).completed(for: source, name: name, by: data)
    return (try Workload(source: source, name: name, options: options, preprocessing: nil), data)
  }

  @Test("are numbers, and the same on one thread and two", arguments: names)
  func statistics(name: String) throws {
    try TestFiles.withFolder { folder in
      let (workload, data) = try workload(name, folder)
      func computed(_ threads: Int) throws -> NetworkStatistics {
        let context = WorkContext(threads: threads)
        let quantization = try workload.quantization(
          calibration: workload.examples(of: data, needsLabels: false, context: context),
          options: QuantizationOptions(), context: context)
        let plans = try [
          ResponsePlan(
            costs: workload.network.costs,
            choices: workload.network.layers.map { _ in [2, 4].map { BitChoice(weightBits: $0) } },
            background: .uniform(4), window: 1)
        ]
        return try StatisticsJob(
          workload, dataset: data, options: StatisticsOptions(probes: 4, threads: threads), context: context
        ).run(
          perturbations: .init(
            quantization: quantization, calibration: data.digest, weightBits: [2, 4], activationBits: [8, 4]),
          responses: .init(quantization: quantization, calibration: data.digest, plans: plans), path: nil)
      }
      let one = try computed(1)
      let two = try computed(2)
      try one.write(to: "\(folder)/1.safetensors")
      try two.write(to: "\(folder)/2.safetensors")
      #expect(try AtomicFile.read("\(folder)/1.safetensors") == AtomicFile.read("\(folder)/2.safetensors"))
      let takesIntegers = workload.network.inputs.contains { !$0.elementType.isFloatingPoint }
      for statistic in Statistic.allCases where statistic != .synflow {
        for tensor in one.tensors[statistic] ?? [] {
          #expect(try tensor.doubles().allSatisfy(\.isFinite), "\(statistic)")
        }
      }
      let virtual = try one.tensors[.synflow]?[0].doubles() ?? []
      #expect(!takesIntegers || virtual.allSatisfy(\.isNaN))
      // Fewer bits make greater errors somewhere.
      let table = try #require(one.perturbations.first)
      let layers = workload.network.layers.indices
      #expect(layers.contains { (table.value(.divergence, layer: $0, bits: 2) ?? 0) > 0 })
      #expect(layers.allSatisfy { (table.value(.divergence, layer: $0, bits: 2) ?? -1) >= 0 })
      // What distances of classes say of values is their squared error.
      let responses = try #require(one.responses.first)
      #expect(responses.kind == .values && responses.reference.shape[1] <= 32)
      let inputs = ProxyInputs(one)
      let configurations = [2, 4].map {
        BitConfiguration(repeating: BitChoice(weightBits: $0), count: layers.count)
      }
      let scores = try ResponseProxy(.divergence).superposedScores(inputs).scores(configurations)
      let squares = try ResponseProxy(.squaredError).superposedScores(inputs).scores(configurations)
      #expect(scores == squares && scores[0] < scores[1])
    }
  }

  @Test("squared errors of values are kept by their sums, on average")
  func sums() throws {
    try TestFiles.withFolder { folder in
      let (workload, data) = try workload("language-model", folder, count: 24)
      let context = WorkContext(threads: 2)
      let examples = try workload.examples(of: data, needsLabels: false, context: context)
      let quantization = try workload.quantization(
        calibration: examples, options: QuantizationOptions(), context: context)
      let plan = try ResponsePlan(
        costs: workload.network.costs,
        choices: workload.network.layers.map { _ in [2, 8].map { BitChoice(weightBits: $0) } },
        background: .uniform(2), window: 0)
      let table = try ResponseCollector(
        quantization: quantization, inputs: Inputs.concatenated(examples.batches), plan: plan
      ).collect(calibration: "c", context: context)
      // The background run: two bits in all layers.
      let error = try table.outputs.sliced(dimension: 0, from: 0, to: 1).reshaped(table.reference.shape)
        .subtracting(table.reference).squared().mean().item()
      let configuration = BitConfiguration(
        repeating: BitChoice(weightBits: 2), count: workload.network.layers.count)
      let quantized = try quantization.quantized(configuration, context: context)
      let float = try quantization.network.logits(batches: examples.batches, threads: 1)
      let found = try examples.batches.map { try quantized.network.logits($0) }
      let comparison = try OutputComparison(quantization.network, references: float)
      let exact =
        try zip(found, float).reduce(0) { try $0 + comparison.divergences(of: $1.0, from: $1.1).sum().item() }
        / Double(examples.count)
      #expect(abs(error / exact - 1) < 0.25, "\(error) \(exact)")
    }
  }
}
