import Allocation
import BitModel
import Datasets
import Foundations
import LayerStatistics
import Network
import Proxies
import Quantization
import Statistics
import Torch
import Workloads

/// A network on its way to fewer bits: what configurations are chosen by, and what they come to.
///
///     let compression = try Compression(workload, request, context: context)
///     let statistics = try compression.statistics(for: [proxy])
///     let bits = try compression.allocator(proxy, statistics).best(within: compression.bounds).configuration
///     let quantized = try compression.quantized(bits)
public struct Compression: Sendable {
  /// The float network with its preprocessing.
  public let workload: Workload
  /// Images by purpose.
  public let images: CompressionImages
  /// What bits are chosen among.
  public let space: AllocationSpace
  /// What the result may take.
  public let bounds: [ResourceBound]
  /// Rounds each layer by itself and corrects nothing, so that what bits are chosen by serves all configurations.
  public let quantization: PostTrainingQuantization
  /// Rounds as the result is: the layers one after the other where that is asked for.
  let resultQuantization: PostTrainingQuantization
  /// Corrections of outputs of which a ``CompressionPipeline`` measures the best one; at least one.
  public let corrections: [Correction]
  /// Images that ranges, roundings and corrections are fitted on.
  package let calibration: Dataset
  /// The task's own measure; nil for top-1.
  public let metric: TaskMetric?
  /// Where rounded weights are kept for a run that resumes; nil for nowhere.
  let weights: WeightFolder?
  private let memory: Int?
  let seed: UInt64
  let context: WorkContext

  /// Loads and calibrates.
  ///
  /// - Throws: `AllocationError` where the budgets cannot be kept, before anything is computed; `DatasetError` where
  ///   images are missing or do not fit.
  public init(_ workload: Workload, _ request: CompressionRequest, context: WorkContext) throws {
    self.workload = workload
    self.context = context
    space = request.space
    seed = request.seed
    memory = request.memory
    metric = request.metric
    bounds = try space.bounds(request.budgets)
    let feasibility = try ExactAllocation(space: space, bounds: bounds)
    _ = try feasibility.best(values: space.choices.map { $0.map { _ in 0 } })
    images = try CompressionImages(
      workload, data: request.data, test: request.test, wantsValidation: request.wantsValidation, seed: seed,
      context: context)
    calibration = try images.chosenBy.calibrationSet(
      request.calibrationImages, rounding: request.quantization.rounding, seed: seed)
    let loaded = try workload.examples(of: calibration, needsLabels: false, context: context)
    try request.whenLoaded?(
      CompressionProspect(workload, request, images: images, calibration: loaded, threads: context.threads))
    var options = request.quantization
    options.isSequential = false
    var layerwise = try workload.quantization(calibration: loaded, options: options, context: context)
    weights = try request.weights.map {
      WeightFolder($0, of: try workload.identity(of: options, calibration: loaded))
    }
    if let weights { layerwise = layerwise.keepingWeights(in: weights) }
    quantization = layerwise.correcting(by: .none)
    resultQuantization =
      request.quantization.isSequential
      ? try workload.quantization(calibration: loaded, options: request.quantization, context: context)
      : layerwise
    corrections =
      request.measuresCorrections && workload.network.classCount != 1
      ? quantization.possibleCorrections : [options.correction]
    // A metric that gives no number says so before anything else is computed.
    if metric != nil { _ = try goodness(of: floatEvaluation(on: images.proof), on: images.proof) }
  }

  var network: Network { workload.network }

  /// How much of each kind of work there is.
  var effort: CompressionEffort { CompressionEffort(network, space, memory: memory) }

  /// Configurations that a refinement measures, at most, where the user does not say.
  public var refinements: Int { effort.refinements }

  /// Images that bits and corrections are measured on: others than those of the calibration, which roundings and corrections
  /// fit, as far as there are enough.
  package var measuredImages: Dataset {
    images.chosenBy.sample(effort.measuredImages, seed: seed, after: calibration.count)
  }

  /// What measures how far predictions diverge on ``measuredImages``.
  package func predictionDivergence() throws -> PredictionDivergence {
    try PredictionDivergence(
      quantization.network,
      batches: workload.examples(of: measuredImages, needsLabels: false, context: context).batches,
      threads: context.threads)
  }

  /// Which of the statistics that proxies take are computed.
  public struct StatisticsScope: OptionSet, Sendable {
    /// The bits of the set.
    public let rawValue: Int

    /// Makes a set.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Tensors of layers.
    public static let tensors = StatisticsScope(rawValue: 1)
    /// What rounding single layers does.
    public static let perturbations = StatisticsScope(rawValue: 2)
    /// What changes of bits do to outputs.
    public static let responses = StatisticsScope(rawValue: 4)
    /// All of them.
    public static let all: StatisticsScope = [.tensors, .perturbations, .responses]
  }

  /// Computes what proxies are formulas over.
  ///
  /// - Parameters:
  ///   - proxies: the proxies that need statistics.
  ///   - count: how many images; nil for a number that fits the network.
  ///   - path: a file to resume with; nil for none.
  ///   - scope: which kinds of statistics.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func statistics(
    for proxies: [any ScoringProxy], images count: Int? = nil, path: String? = nil,
    scope: StatisticsScope = .all
  ) throws -> NetworkStatistics {
    let responses =
      scope.contains(.responses)
      ? try effort.responses(
        for: proxies, images: count, rounding: quantization.options.rounding, available: images.chosenBy.count
      )
      : nil
    var count = count ?? responses?.images ?? min(effort.statisticsImages, images.chosenBy.count)
    guard images.chosenBy.count >= 2, count <= images.chosenBy.count else {
      throw DatasetError(
        "\(images.chosenBy.path): has only \(images.chosenBy.unit.counted(images.chosenBy.count)) to choose by, of which \(count) are asked for",
        kind: .usage)
    }
    count = max(2, count)
    let tensors = scope.contains(.tensors) ? Set(proxies.flatMap(\.statistics)) : []
    let job = try StatisticsJob(
      workload, dataset: images.chosenBy.sample(count, seed: seed),
      options: StatisticsOptions(
        statistics: Statistic.allCases.filter(tensors.contains), seed: seed, threads: context.threads),
      context: context)
    let perturbations = scope.contains(.perturbations) ? Set(proxies.flatMap(\.perturbations)) : []
    let choices = Array(space.choices.joined())
    return try job.run(
      perturbations: perturbations.isEmpty
        ? nil
        : .init(
          quantization: quantization, calibration: calibration.digest,
          weightBits: Set(choices.map(\.weightBits)).sorted(),
          activationBits: Set(choices.map(\.activationBits)).sorted(), statistics: perturbations),
      responses: responses.map {
        .init(quantization: quantization, calibration: calibration.digest, plans: $0.plans)
      }, path: path)
  }

  /// What a proxy chooses by.
  public func allocator(_ proxy: any ScoringProxy, _ statistics: NetworkStatistics) throws -> ProxyAllocator {
    let rounding = quantization.options.layerwiseIdentity
    let inputs = ProxyInputs(
      statistics, rounding: statistics.roundings.contains(rounding) ? rounding : nil)
    return try ProxyAllocator(
      space: space, scores: proxy.scores(inputs, choosingActivationBits: space.activationBits), seed: seed)
  }

  /// The network with some bits, as the result is rounded, under the correction of the request.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func quantized(_ configuration: BitConfiguration) throws -> QuantizedNetwork {
    try resultQuantization.quantized(configuration, context: context)
  }

  /// What the network makes of images with some bits.
  public func evaluation(of quantized: QuantizedNetwork, on images: LabelledBatches) throws -> Evaluation {
    try context.checkCancellation()
    return try context.stage("evaluation of the quantized network") { progress in
      try Evaluation(
        logits: quantized.logits(batches: images.batches, threads: context.threads, progress: progress),
        labels: images.labels, classCount: network.classCount)
    }
  }

  /// How good outputs are, in points that an accuracy drop counts: the metric, or else percent of top-1.
  ///
  /// - Throws: `AllocationError` where there is neither a metric nor a class.
  func goodness(of evaluation: Evaluation, on images: LabelledBatches) throws -> Double {
    if let metric {
      return try metric.value(
        of: evaluation.logits, network: network, dataset: images.dataset, context: context)
    }
    guard network.objective == .classes else {
      throw AllocationError(
        "\(workload.name): outputs are values, of which no top-1 is known; --metric has to say what may drop",
        kind: .usage)
    }
    return 100 * evaluation.top1
  }

  /// What the float network makes of images.
  public func floatEvaluation(on images: LabelledBatches) throws -> Evaluation {
    try context.stage("evaluation of the float network") { progress in
      try Evaluation(
        logits: quantization.network.logits(
          batches: images.batches, threads: context.threads, progress: progress),
        labels: images.labels, classCount: network.classCount)
    }
  }
}
