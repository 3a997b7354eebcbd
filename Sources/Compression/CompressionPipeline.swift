import Allocation
import BitModel
import Foundations
import LayerStatistics
import ONNX
import Proxies
import Quantization
import Torch
import Workloads

/// The whole way from a float network to a proven file: statistics, bits, refinement, rounding, correction, export, proof.
///
///     let pipeline = CompressionPipeline(compression, proxy: proxy)
///     let result = try pipeline.run(writing: "small.onnx")
///     print(result.proof.top1)
public struct CompressionPipeline {
  private let compression: Compression
  private let proxy: any ScoringProxy
  private let options: Options
  private var context: WorkContext { compression.context }
  private var refinements: Int { options.refinements ?? compression.refinements }

  /// How it is done.
  public struct Options: Sendable {
    /// Images to compute statistics on; nil for as many as fit the network.
    public var statisticsImages: Int?
    /// A file of statistics to resume with, and whether it stays; nil for none.
    public var statistics: (path: String, isKept: Bool)?
    /// Configurations to measure beside the one that the proxy chose, at most; 0 for none, nil for as many as
    /// ``Compression/refinements``.
    public var refinements: Int?
    /// In place of a size, the points of top-1, or of the task's own metric, that may be lost; the smallest size is searched.
    public var accuracyDrop: Double?
    /// Whether bits are chosen by measuring what each layer's do by themselves, in place of the proxy.
    public var measuresLayers = false
    /// Whether the file is written even where ONNX Runtime fails to run it.
    public var allowsFailedProof = false
    /// What weights of the chosen bits are stored as.
    public var packing: @Sendable ([Int]) throws -> WeightPacking? = { _ in nil }

    /// Makes the default options.
    public init() {}
  }

  /// What came of it.
  public struct Result: Sendable {
    /// The bits, and how good they are known to be.
    public let allocation: Allocation
    /// What they were chosen by; nil where layers were measured.
    public let statistics: NetworkStatistics?
    /// The quantized network.
    public let quantized: QuantizedNetwork
    /// The model that was written.
    public let model: Model
    /// Sizes that were tried where an accuracy was searched for.
    public let trials: [AccuracyDropSearch.Trial]
    /// What measuring neighbours came to; nil where the proxy's choice was taken as it is.
    public let refinement: MeasuredRefinement.Outcome?
    /// The correction of outputs that was kept, and what each came to.
    public let correction: CorrectionChoice
    /// What the file makes of images that nothing was chosen by.
    public let proof: CompressionProof
  }

  /// Makes a pipeline.
  public init(_ compression: Compression, proxy: any ScoringProxy, options: Options = Options()) {
    self.compression = compression
    self.proxy = proxy
    self.options = options
  }

  /// Runs it; the file gets its name when it has been proven.
  ///
  /// - Parameters:
  ///   - path: the file to write.
  ///   - stages: takes the seconds of each stage.
  /// - Throws: `WorkInterrupted` where it is asked to stop, ``ProofError`` where ONNX Runtime fails on the file; the same
  ///   again resumes with the statistics.
  public func run(writing path: String, stages: inout StageSeconds) throws -> Result {
    let (statistics, corrections, allocator) = try stages.measure("statistics") { try self.scores() }
    // Stages have tensors of different sizes; what one leaves free would stay beside what the next one takes.
    releaseFreeMemory()
    var trials: [AccuracyDropSearch.Trial] = []
    var allocation = try stages.measure("allocation") {
      guard let drop = options.accuracyDrop else { return try allocator.best(within: compression.bounds) }
      let search = try search(drop, allocator, corrections)
      trials = search.trials
      return search.best
    }
    var refinement: MeasuredRefinement.Outcome?
    if refinements != 0, let statistics {
      refinement = try stages.measure("refinement") {
        try refine(&allocation, allocator, statistics, corrections, &trials)
      }
    }
    let result = try stages.measure("rounding") { try corrections.best(allocation.configuration) }
    releaseFreeMemory()
    let packing = try options.packing(allocation.configuration.weightBits)
    let model = try stages.measure("export") { try result.quantized.model(packing: packing) }
    var proof: CompressionProof?
    try AtomicFile.write(to: path) { temporary in
      try model.write(to: temporary)
      proof = try stages.measure("proof") {
        try CompressionProof(
          compression, result.quantized, file: temporary, finalPath: path,
          allowsFailure: options.allowsFailedProof)
      }
    }
    guard let proof else { throw FileError(.software, "\(path): was written without a proof") }
    if let statistics = options.statistics, !statistics.isKept {
      StatisticsSeconds.removeAll(with: statistics.path)
      compression.weights?.remove()
    }
    return Result(
      allocation: allocation, statistics: statistics, quantized: result.quantized, model: model,
      trials: trials,
      refinement: refinement, correction: result.choice, proof: proof)
  }

  /// Runs it without taking its time.
  public func run(writing path: String) throws -> Result {
    var stages = StageSeconds()
    return try run(writing: path, stages: &stages)
  }

  /// What bits are chosen by, and the statistics that this took; nil where layers were measured.
  private func scores() throws -> (NetworkStatistics?, CorrectionMeasurement, ProxyAllocator) {
    let corrections = try CorrectionMeasurement(compression)
    if options.measuresLayers {
      let scores = try compression.measuredScores()
      return (
        nil, corrections, try ProxyAllocator(space: compression.space, scores: scores, seed: compression.seed)
      )
    }
    try proxy.requireSeesChoices(ofActivationBits: compression.space.activationBits)
    let proxies = [proxy] + Refinement.companions(of: proxy, evaluations: refinements)
    let statistics = try statistics(proxies)
    return (statistics, corrections, try compression.allocator(proxy, statistics))
  }

  /// What an accuracy is searched over: sizes, or, where layers may stay float, what the integers of the others save.
  private var swept: Resource { compression.space.choosesFloat ? .bitOperations : .size }

  private func statistics(_ proxies: [any ScoringProxy]) throws -> NetworkStatistics {
    let path = options.statistics?.path
    do {
      return try compression.statistics(for: proxies, images: options.statisticsImages, path: path)
    } catch let error as FileError where options.statistics?.isKept == false && error.kind == .usage {
      // The file is the pipeline's own, left by a run with other options.
      context.notice("\(path ?? ""): is of other options; statistics are begun anew")
      path.map { StatisticsSeconds.removeAll(with: $0) }
      return try compression.statistics(for: proxies, images: options.statisticsImages, path: path)
    }
  }

  /// Refines a choice by measurements; what is found is kept only if it is better under its own best correction. For an
  /// accuracy drop, within the size that was found, and only if it keeps the drop, too.
  private func refine(
    _ allocation: inout Allocation, _ allocator: ProxyAllocator, _ statistics: NetworkStatistics,
    _ corrections: CorrectionMeasurement, _ trials: inout [AccuracyDropSearch.Trial]
  ) throws -> MeasuredRefinement.Outcome {
    let space = compression.space
    var bounds = compression.bounds
    if options.accuracyDrop != nil {
      let amount = try space.costs.cost(swept, of: allocation.configuration)
      bounds = bounds.filter { $0.resource != swept } + [ResourceBound(swept, amount)]
    }
    let start = try corrections.best(allocation.configuration, rounded: .layerwise).choice
    releaseFreeMemory()
    let outcome = try Refinement(
      compression: compression, proxy: proxy, allocator: allocator, statistics: statistics,
      evaluations: refinements, divergence: corrections.divergence,
      correction: corrections.forRefinement(from: start)
    ).best(from: allocation, within: bounds)
    var isKept =
      try outcome.configuration != allocation.configuration
      && corrections.best(outcome.configuration, rounded: .layerwise).choice.divergence < start.divergence
    if isKept, let maximum = options.accuracyDrop {
      let drop = try validatedDrop(corrections)(outcome.configuration)
      trials.append(
        .init(
          configuration: outcome.configuration, sizeInMiB: space.costs.model.sizeInMiB(outcome.configuration),
          drop: drop))
      isKept = drop <= maximum
    }
    if isKept {
      allocation = Allocation(
        configuration: outcome.configuration,
        score: allocator.scores.score(outcome.configuration) ?? .nan, method: .measured, gap: nil)
    }
    return outcome
  }

  private func search(
    _ maximumDrop: Double, _ allocator: ProxyAllocator, _ corrections: CorrectionMeasurement
  ) throws -> AccuracyDropSearch {
    let points = try context.stage("sweep") { progress in
      try allocator.sweep(
        swept, within: compression.bounds, count: AccuracyDropSearch.pointCount, progress: progress,
        isCancelled: context.isCancelled)
    }
    guard let points else { throw WorkInterrupted() }
    let drop = try validatedDrop(corrections)
    return try context.stage("smallest size") { progress in
      try AccuracyDropSearch(
        maximumDrop: maximumDrop, points: points, costs: compression.space.costs.model, progress: progress,
        drop: drop)
    }
  }

  /// What measures how many points bits lose, under the correction that they would keep, on the images that a size is
  /// searched by.
  private func validatedDrop(
    _ corrections: CorrectionMeasurement
  ) throws -> (BitConfiguration) throws -> Double {
    guard let validation = compression.images.validation else {
      throw AllocationError("the search for an accuracy needs data with labels", kind: .usage)
    }
    let float = try compression.goodness(of: compression.floatEvaluation(on: validation), on: validation)
    return { configuration in
      let quantized = try corrections.best(configuration).quantized
      return try float
        - compression.goodness(of: compression.evaluation(of: quantized, on: validation), on: validation)
    }
  }
}
