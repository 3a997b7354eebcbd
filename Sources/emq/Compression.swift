import Allocation
import ArgumentParser
import BitModel
import Datasets
import Foundation
import LayerStatistics
import Network
import ONNX
import Proxies
import Quantization
import Statistics
import Torch

/// A network on its way to fewer bits: what configurations are chosen by, and what they come to.
struct Compression {
  /// Gradients and rounding on chosen images are worth the time where bits are chosen by them.
  static let defaultRounding = Rounding.gptq

  let source: Model
  let network: Network
  let images: CompressionImages
  let space: AllocationSpace
  /// Rounds each layer by itself, so that what bits are chosen by serves all configurations.
  let quantization: PostTrainingQuantization
  /// Rounds the layers of the result one after the other; nil where that is not asked for.
  private let exact: PostTrainingQuantization?
  private let preprocessing: Preprocessing
  private let calibration: Dataset
  private let quantizer: QuantizerOptions
  private let common: CommonOptions

  init(
    model: ModelOptions, data: String, test: String?, wantsValidation: Bool, allocation: AllocationOptions,
    quantizer: QuantizerOptions, preprocessing: PreprocessingOptions, common: CommonOptions
  ) throws {
    source = try Model(contentsOf: model.model)
    network = try model.floatNetwork(of: source)
    space = try allocation.space(of: network, wantsFewBits: !wantsValidation)
    // A budget that cannot be kept is known before anything is computed.
    let feasibility = try ExactAllocation(space: space, bounds: space.bounds(allocation.budgets()))
    _ = try feasibility.best(values: space.choices.map { $0.map { _ in 0 } })
    self.preprocessing = try preprocessing.preprocessing(for: source)
    self.common = common
    self.quantizer = quantizer
    images = try CompressionImages(
      data: data, test: test, wantsValidation: wantsValidation, network: network,
      preprocessing: self.preprocessing, common: common)
    calibration = try quantizer.calibrationSet(
      images.chosenBy, seed: common.seed, defaultRounding: Self.defaultRounding)
    let loaded = try LoadedImages(
      calibration, network: network, preprocessing: self.preprocessing, needsLabels: false,
      threads: common.threads)
    var options = quantizer.options(seed: common.seed, defaultRounding: Self.defaultRounding)
    let source = source
    func prepared(_ options: QuantizationOptions) throws -> PostTrainingQuantization {
      try Console.withProgress("calibration") { progress in
        try PostTrainingQuantization(
          source, name: model.name, inputShape: model.shape(), calibration: loaded.batches, options: options,
          threads: common.threads, progress: progress)
      }
    }
    exact = options.isExact ? try prepared(options) : nil
    options.isExact = false
    quantization = try prepared(options)
  }

  /// How many images statistics are computed on where the user does not say: as many as two million million
  /// multiplications allow, between 32 and 512.
  private func imageCount() -> Int {
    let macs = Double(network.layers.reduce(0) { $0 + $1.macs })
    let choices = Set(space.choices.joined().map(\.weightBits)).count
    // Half of the network is run for each layer and number of bits.
    let passes = Double(network.layers.count * choices) / 2
    return max(32, min(512, Int(2e12 / max(1, macs * passes))))
  }

  /// Images that refinements are measured on: as many as forty thousand million multiplications allow, between 64 and
  /// 1024.
  func refinementImages() throws -> [Tensor] {
    let macs = Double(max(1, network.layers.reduce(0) { $0 + $1.macs }))
    let count = max(64, min(1024, Int(4e10 / macs)))
    return try LoadedImages(
      images.chosenBy.sample(count, seed: common.seed), network: network, preprocessing: preprocessing,
      needsLabels: false, threads: common.threads
    ).batches
  }

  /// Computes what proxies are formulas over.
  ///
  /// - Parameters:
  ///   - images: how many images; nil for a number that fits the network.
  ///   - path: a file that is gone on with; nil for none.
  ///   - wantsTensors: whether statistics of layers are computed.
  ///   - wantsPerturbations: whether what rounding does is computed.
  func statistics(
    for proxies: [ChosenProxy], images count: Int?, path: String?, wantsTensors: Bool = true,
    wantsPerturbations: Bool = true
  ) throws -> NetworkStatistics {
    var count = count ?? min(imageCount(), images.chosenBy.count)
    guard images.chosenBy.count >= 2, count <= images.chosenBy.count else {
      throw DatasetError(
        "--images \(count): \(images.chosenBy.path) has only \(images.chosenBy.count) images to choose by",
        kind: .usage)
    }
    count = max(2, count)
    let tensors = wantsTensors ? Set(proxies.flatMap(\.statistics)) : []
    let job = try StatisticsJob(
      network: network, dataset: images.chosenBy.sample(count, seed: common.seed),
      preprocessing: preprocessing,
      options: StatisticsOptions(
        statistics: Statistic.allCases.filter(tensors.contains), seed: common.seed, threads: common.threads))
    let perturbations = wantsPerturbations ? Set(proxies.flatMap(\.perturbations)) : []
    let choices = Array(space.choices.joined())
    return try job.run(
      perturbations: perturbations.isEmpty
        ? nil
        : .init(
          quantization: quantization, calibration: calibration.digest,
          weightBits: Set(choices.map(\.weightBits)).sorted(),
          activationBits: Set(choices.map(\.activationBits)).sorted(), statistics: perturbations),
      path: path)
  }

  /// What a proxy chooses by.
  func allocator(_ proxy: ChosenProxy, _ statistics: NetworkStatistics) throws -> ProxyAllocator {
    let rounding = PerturbationCollector.identity(of: quantization.options)
    let inputs = ProxyInputs(
      statistics, rounding: statistics.perturbations.contains { $0.rounding == rounding } ? rounding : nil)
    return try ProxyAllocator(space: space, scores: proxy.scores(inputs, in: space), seed: common.seed)
  }

  /// The network with some bits, as the result is rounded.
  ///
  /// - Throws: `ExitCode` 130 where the user asked to stop.
  func quantized(_ configuration: BitConfiguration) throws -> QuantizedNetwork {
    try quantizer.quantized(exact ?? quantization, configuration, threads: common.threads)
  }

  /// What the network makes of images with some bits.
  func evaluation(of quantized: QuantizedNetwork, on batches: [Tensor], labels: [Int]) throws -> Evaluation {
    if Interruption.isRequested { throw Interruption.exitCode }
    return try Evaluation(logits: quantized.logits(batches: batches, threads: common.threads), labels: labels)
  }

  /// What the float network makes of images.
  func floatEvaluation(on batches: [Tensor], labels: [Int]) throws -> Evaluation {
    try Evaluation(
      logits: quantization.network.logits(batches: batches, threads: common.threads), labels: labels)
  }
}
