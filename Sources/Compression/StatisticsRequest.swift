import Allocation
import BitModel
import Datasets
import Foundations
import LayerStatistics
import Proxies
import Quantization
import Statistics
import Workloads

/// Which statistics of a network are wanted.
///
///     var request = StatisticsRequest(for: [try ProxyCatalog.standard.proxy("default")])
///     let found = try request.run(workload, data: images, calibration: images, quantization: options, path: path,
///       context: context)
public struct StatisticsRequest: Sendable {
  /// Tensors of layers, and how they are computed.
  public var options: StatisticsOptions
  /// What rounding single layers does.
  public var perturbations: Set<PerturbationStatistic>
  /// What changes of bits do to outputs; nil for nothing.
  public var responses: ResponseRequest?
  /// Configurations that are run on the images as wholes.
  public var measured: [BitConfiguration] = []
  /// Seconds that responses may take, by which images and interactions are chosen; nil for a fixed effort.
  public var seconds: Double?
  /// How many images; nil for as many as responses may take, or else ``defaultImages``.
  public var images: Int?
  /// Bits that weights may have.
  public var weightBits = [2, 3, 4]
  /// Bits that layers' inputs may have.
  public var activationBits = [8]

  /// Images where nobody says how many and no responses are wanted.
  public static let defaultImages = 64

  /// Wants all statistics, with responses from both backgrounds, of which the uniform one has interactions.
  public init(options: StatisticsOptions) {
    self.options = options
    perturbations = Set(PerturbationStatistic.allCases)
    responses = ResponseRequest(parts: [.init(nil, interactions: true), .init(.float, interactions: false)])
    images = Self.defaultImages
  }

  /// Wants what proxies take, and nothing else.
  public init(for proxies: [any ScoringProxy], options: StatisticsOptions = StatisticsOptions()) {
    let tensors = Set(proxies.flatMap(\.statistics))
    self.options = options
    self.options.statistics = Statistic.allCases.filter(tensors.contains)
    perturbations = Set(proxies.flatMap(\.perturbations))
    responses = ResponseRequest(for: proxies)
  }

  /// Computes them, resuming with a file.
  ///
  /// - Parameters:
  ///   - workload: the network with its preprocessing.
  ///   - data: examples that statistics are taken on.
  ///   - calibration: images that roundings are calibrated on.
  ///   - options: how weights are rounded.
  ///   - path: a file to resume with, saved after each stage; nil for none.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `DatasetError` where there are too few images, `StatisticsError` where a background is no candidate,
  ///   `WorkInterrupted` where it is asked to stop.
  public func run(
    _ workload: Workload, data: Dataset, calibration: Dataset, quantization options: QuantizationOptions,
    path: String?, context: WorkContext
  ) throws -> NetworkStatistics {
    let fitted = try fittedResponses(workload, data, options.rounding, context)
    let count = images ?? fitted?.images ?? min(data.count, Self.defaultImages)
    guard count >= 2, data.count >= count else {
      throw DatasetError(
        "\(data.path): has \(data.unit.counted(data.count)); statistics of \(max(2, count)) are asked for",
        kind: .usage)
    }
    let job = try StatisticsJob(
      workload, dataset: data.sample(count, seed: self.options.seed), options: self.options, context: context)
    guard !perturbations.isEmpty || fitted != nil || !measured.isEmpty else {
      return try job.run(perturbations: nil, path: path)
    }
    let quantization = try workload.quantization(
      calibration: workload.examples(of: calibration, needsLabels: false, context: context), options: options,
      context: context)
    return try job.run(
      perturbations: perturbations.isEmpty
        ? nil
        : .init(
          quantization: quantization, calibration: calibration.digest, weightBits: weightBits,
          activationBits: activationBits, statistics: perturbations),
      responses: fitted.map {
        .init(quantization: quantization, calibration: calibration.digest, plans: $0.plans)
      },
      measured: measured.isEmpty
        ? nil
        : .init(quantization: quantization, calibration: calibration.digest, configurations: measured),
      path: path)
  }

  /// The images and runs of responses, with a line on what they cost; nil where none are wanted.
  private func fittedResponses(
    _ workload: Workload, _ data: Dataset, _ rounding: Rounding, _ context: WorkContext
  ) throws -> ResponseRequest.Fitted? {
    guard var request = responses else { return nil }
    request.images = images
    request.prefersImages = rounding.seesInputs
    let costs = workload.network.costs
    let few = try workload.examples(
      of: data.sample(min(32, data.count), seed: options.seed), needsLabels: false, context: context)
    let speed = try workload.multiplications(in: 1, inputs: few.batches, threads: context.threads)
    if let seconds { request.effort = seconds * speed }
    let space = try AllocationSpace(of: costs, weightBits: weightBits, activationBits: activationBits)
    let fitted = try request.fitted(to: costs, choices: space.layerChoices, available: data.count)
    let macs = Double(costs.layers.reduce(0) { $0 + $1.macs })
    context.detail(
      "\(workload.name): responses on \(data.unit.counted(fitted.images)) from "
        + fitted.plans.map {
          "\($0.background) (\($0.hasInteractions ? "interactions of layers up to \($0.window) apart" : "no interactions"))"
        }.joined(separator: " and ")
        + ": \(Int(fitted.imagePasses / Double(max(1, fitted.images)))) forward passes, about"
        + " \(Int((fitted.imagePasses * macs / max(1, speed)).rounded(.up))) s")
    return fitted
  }
}
