import Allocation
import BenchmarkBuilding
import Benchmarks
import Compression
import Datasets
import Evolution
import Foundations
import LayerStatistics
import Proxies
import Quantization
import Statistics
import Workloads

/// One of the demo's networks with its benchmark and statistics.
///
/// The first 1,000 test images serve the benchmark. Accuracies are reported on images that no benchmark of the project has
/// seen, as the proxy that comes with it was evolved on the first 1,600.
public struct DemoNetwork: Sendable {
  static let benchmarkImages = 1000
  static let reportedImages = 1600..<6600

  /// What it is called.
  public let name: String
  /// Its benchmark.
  public let store: SQLiteBenchmarkStore
  /// Its statistics.
  public let statistics: NetworkStatistics
  let quantization: PostTrainingQuantization
  let workload: Workload
  let reported: LabelledBatches

  /// Builds the benchmark, and computes the statistics.
  ///
  /// - Parameters:
  ///   - name: what the network is called.
  ///   - path: its file.
  ///   - data: the folder of Fashion-MNIST's IDX files.
  ///   - configurations: how many are measured.
  ///   - folder: where the benchmark goes.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(
    name: String, path: String, data: String, configurations: Int, folder: String, seed: UInt64,
    context: WorkContext
  ) throws {
    self.name = name
    workload = try Workload(model: path, preprocessing: .preset("fashion-mnist"))
    let test = try Dataset.open("\(data)#test")
    let calibration = try Dataset.open("\(data)#train").sample(256, seed: seed)
    let measured = try BenchmarkWorkload(
      workload, model: path, evaluation: test, images: Self.benchmarkImages, calibration: calibration,
      options: QuantizationOptions(), context: context)
    let builder = measured.builder
    quantization = builder.quantization
    let sampler = try ConfigurationSampler(
      costs: workload.network.costs, candidates: [2, 3, 4], activationCandidates: [8], seed: seed)
    store = try SQLiteBenchmarkStore(
      path: "\(folder)/\(name).sqlite", description: measured.description(of: sampler))
    let drawn = try sampler.configurations(configurations)
    _ = try builder.build(drawn, store: store, storeName: folder, context: context)
    let job = try StatisticsJob(
      workload, dataset: calibration.prefix(64),
      options: StatisticsOptions(probes: 32, seed: seed, threads: context.threads), context: context)
    let costs = workload.network.costs
    let choices = try AllocationSpace(of: costs).layerChoices
    let plans = try [ResponseBackground.uniform(3), .float].map {
      try ResponsePlan(costs: costs, choices: choices, background: $0, window: nil)
    }
    statistics = try job.run(
      perturbations: .init(
        quantization: quantization, calibration: calibration.digest, weightBits: [2, 3, 4],
        activationBits: [8]),
      responses: .init(quantization: quantization, calibration: calibration.digest, plans: plans), path: nil)
    let range = Self.reportedImages
    let loaded = try workload.examples(
      of: Dataset.open("\(data)#test#\(range.lowerBound):\(range.upperBound)"), needsLabels: true,
      context: context)
    reported = LabelledBatches(dataset: loaded.dataset, batches: loaded.batches, labels: loaded.labels)
  }

  /// What a search optimizes on the benchmark.
  func problem(seed: UInt64) throws -> BenchmarkProblem {
    let rows = try store.drawnRows()
    return try BenchmarkProblem(
      name: name, inputs: ProxyInputs(statistics), configurations: rows.map(\.configuration),
      truth: rows.map(\.top1), seed: seed)
  }

  /// The noise ceiling of the benchmark; nil where it is not defined.
  public func noiseCeiling() throws -> Double? {
    NoiseCeiling(.top1, rows: try store.drawnRows(), imageCount: Self.benchmarkImages, seed: 1)?.all
  }
}
