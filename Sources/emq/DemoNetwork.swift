import Benchmarks
import Datasets
import Foundation
import LayerStatistics
import Network
import ONNX
import Quantization
import Statistics
import Torch

/// One of the demo's networks with its benchmark and statistics.
///
/// The first 1,000 test images serve the benchmark; accuracies are reported on the 5,000 after them.
struct DemoNetwork {
  static let benchmarkImages = 1000
  static let reportedImages = 5000

  let name: String
  let store: SQLiteBenchmarkStore
  let statistics: NetworkStatistics
  let quantization: PostTrainingQuantization
  let network: Network
  let reportImages: [Tensor]
  let reportLabels: [Int]

  init(
    name: String, path: String, data: String, configurations: Int, folder: String, common: CommonOptions
  ) throws {
    self.name = name
    let source = try Model(contentsOf: path)
    network = try Network(source, name: name)
    let preprocessing = try Preprocessing.preset("fashion-mnist")
    let test = try Dataset.open("\(data)#test")
    let calibration = try Dataset.open("\(data)#train").sample(256, seed: common.seed)
    let workload = try BenchmarkWorkload(
      source: source, name: name, inputShape: nil, evaluation: test, images: Self.benchmarkImages,
      calibration: calibration, preprocessing: preprocessing, options: QuantizationOptions(),
      threads: common.threads)
    quantization = workload.builder.quantization
    let description = try workload.description(
      model: "Models/\(name).onnx", network: network.digest(), bits: [2, 3, 4], activationBits: [8],
      design: .random, seed: common.seed)
    let sampler = try ConfigurationSampler(
      costs: description.costs, candidates: [2, 3, 4], activationCandidates: [8], seed: common.seed)
    store = try SQLiteBenchmarkStore(path: "\(folder)/\(name).sqlite", description: description)
    let drawn = try sampler.configurations(configurations)
    let builder = workload.builder
    let store = store
    let isComplete = try Console.withProgress("benchmark of \(name)") {
      try builder.build(drawn, store: store, measuring: $0, isCancelled: { Interruption.isRequested })
    }
    guard isComplete else { throw Interruption.exitCode }
    let job = try StatisticsJob(
      network: network, dataset: calibration.prefix(64), preprocessing: preprocessing,
      options: StatisticsOptions(probes: 32, seed: common.seed, threads: common.threads))
    statistics = try job.run(
      perturbations: .init(
        quantization: workload.builder.quantization, calibration: calibration.digest, weightBits: [2, 3, 4],
        activationBits: [8]), path: nil)
    let loaded = try LoadedImages(
      test, network: network, preprocessing: preprocessing, needsLabels: true,
      limit: Self.benchmarkImages + Self.reportedImages, threads: common.threads)
    let size = LoadedImages.batchSize(network.inputShape)
    let skipped = (Self.benchmarkImages + size - 1) / size
    reportImages = Array(loaded.batches.dropFirst(skipped))
    reportLabels = Array(loaded.labels.dropFirst(skipped * size))
  }

  /// The noise ceiling of the benchmark, as text.
  func noiseCeiling() throws -> String {
    NoiseCeiling(.top1, rows: try store.drawnRows(), imageCount: Self.benchmarkImages, seed: 1)
      .map { String(format: "%.3f", $0.all) } ?? "not defined"
  }
}
