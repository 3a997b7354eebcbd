import Foundations
import LayerStatistics
import Network
import Torch

/// Computes the statistics of a network on a batch of labelled images.
///
///     let collector = StatisticsCollector(network: network, images: images, labels: labels)
///     let statistics = try collector.collect(StatisticsOptions(probes: 64))
///
/// The images are split into shares of a fixed size, each computed on one thread and summed in order, so the
/// result is the same for any number of threads. The network itself is not changed.
public struct StatisticsCollector: Sendable {
  let network: Network
  let images: Tensor
  let labels: [Int]
  /// Whether blocks of the Hessian are differentiated twice even where the network is piecewise linear.
  package var ignoresPiecewiseLinearity = false

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - images: [N, channels, height, width], two images or more.
  ///   - labels: N classes.
  public init(network: Network, images: Tensor, labels: [Int]) {
    self.network = network
    self.images = images
    self.labels = labels
  }

  /// What the collector reports, and asks, while it works.
  public struct Hooks {
    /// Takes the seconds of each stage.
    public var times: StageTimer?
    /// Receives the progress of each stage, with the stage's name as a note.
    public var progress: ProgressHandler?
    /// Whether the user asked to stop.
    public var isCancelled: CancellationCheck
    /// Takes what is known so far, after each stage.
    public var save: (NetworkStatistics) throws -> Void

    /// Makes hooks; all may be left out.
    public init(
      times: StageTimer? = nil, progress: ProgressHandler? = nil,
      isCancelled: @escaping CancellationCheck = { false },
      save: @escaping (NetworkStatistics) throws -> Void = { _ in }
    ) {
      self.times = times
      self.progress = progress
      self.isCancelled = isCancelled
      self.save = save
    }
  }

  /// Computes the statistics asked for that are not known yet.
  ///
  /// - Parameters:
  ///   - known: statistics of the same network, images and options that were computed before.
  /// - Returns: the known and the computed ones; nil where the user asked to stop.
  /// - Throws: `NetworkError` for fewer than two images, or weights that are not finite.
  /// - Complexity: one forward and backward pass; a double-backward pass for each probe; a backward pass for each class
  ///   and statistic of second order.
  public func collect(
    _ options: StatisticsOptions, origin: [String: String] = [:], known: [Statistic: [Tensor]] = [:],
    hooks: Hooks = Hooks()
  ) throws -> NetworkStatistics? {
    try check()
    let costs = network.costs
    var tensors = known
    let missing = options.statistics.filter { known[$0] == nil }
    for stage in StatisticsStage.allCases {
      let wanted = Set(missing.filter { $0.stage == stage })
      guard !wanted.isEmpty else { continue }
      if hooks.isCancelled() { return nil }
      let found = try StageTimer.measured(hooks.times, stage) {
        try collect(stage, wanted, known: tensors, options, hooks)
      }
      guard let found else { return nil }
      tensors.merge(found.filter { wanted.contains($0.key) }) { $1 }
      try hooks.save(NetworkStatistics(costs: costs, tensors: tensors, origin: origin))
    }
    return NetworkStatistics(costs: costs, tensors: tensors, origin: origin)
  }

  private static func noting(_ stage: StatisticsStage, _ handler: @escaping ProgressHandler)
    -> ProgressHandler
  {
    { handler(WorkProgress(completed: $0.completed, total: $0.total, note: stage.rawValue)) }
  }

  private func check() throws {
    guard images.shape.first == labels.count else {
      throw NetworkError.input(
        "statistics need as many labels as images; got \(labels.count) for \(images.shape)")
    }
    guard labels.count >= 2 else {
      throw NetworkError.input(
        "statistics need two images or more, as they compare images; got \(labels.count)")
    }
    for (layer, weight) in zip(network.layers, network.weights) {
      let greatest = try weight.absolute().applying("max").item()
      guard greatest.isFinite else {
        throw NetworkError.input(
          "\(network.name): node \(layer.name) has weights that are not finite numbers; export it again")
      }
    }
  }

  private func collect(
    _ stage: StatisticsStage, _ wanted: Set<Statistic>, known: [Statistic: [Tensor]],
    _ options: StatisticsOptions, _ hooks: Hooks
  ) throws -> [Statistic: [Tensor]]? {
    let progress = hooks.progress.map { Self.noting(stage, $0) }
    func shares(_ budget: Int) -> ImageShares {
      ImageShares(images: images, labels: labels, network: network, budget: budget)
    }
    func factorPass(_ options: StatisticsOptions) -> FactorPass {
      FactorPass(
        network: network, shares: shares(4_000_000),
        factors: OutputFactors(network: network, options: options))
    }
    switch stage {
    case .weights: return [.weight: network.weights]
    case .synflow: return [.synflow: try onSingleThread { try SynFlowPass(network: network).collect() }]
    case .firstOrder:
      var found = try FirstOrderPass(
        network: network, shares: shares(8_000_000), wanted: wanted, keepsBatch: options.keepsBatch,
        threads: options.threads
      ).collect(progress: progress)
      if wanted.contains(.gram) {
        found[.gram] = try GramPass(network: network, shares: shares(32_000_000), threads: options.threads)
          .collect()
      }
      return found
    case .hutchinson:
      var gradient: [Tensor]?
      if wanted.contains(.hessianGradient) {
        gradient =
          try known[.gradient]
          ?? FirstOrderPass(
            network: network, shares: shares(8_000_000), wanted: [.gradient], keepsBatch: false,
            threads: options.threads
          ).collect(progress: nil)[.gradient]
      }
      return try HutchinsonPass(
        network: network, shares: shares(8_000_000), options: options, gradient: gradient,
        wantsProbes: wanted != [.hessianGradient]
      ).collect(progress: progress, isCancelled: hooks.isCancelled)
    case .factors:
      return try FactorDiagonals(
        pass: factorPass(options), threads: options.threads, wantsGaussNewton: wanted.contains(.gaussNewton)
      ).collect(progress: progress)
    case .eigenvalues:
      // All factors of a layer are kept, so there are fewer random ones.
      var fewer = options
      fewer.factorColumns = max(1, options.factorColumns / 2)
      let eigenvalues = try BlockEigenvalues(
        pass: factorPass(fewer), threads: options.threads,
        usesFactors: network.isPiecewiseLinear && !ignoresPiecewiseLinearity
      ).collect(progress: progress, isCancelled: hooks.isCancelled)
      return eigenvalues.map { [.topEigenvalue: $0] }
    case .rounding, .perturbations, .oneLayer: return [:]
    }
  }
}
