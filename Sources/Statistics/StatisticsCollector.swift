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
  let inputs: Inputs
  let labels: [Int]
  let passes: [StatisticsPass]
  /// Whether blocks of the Hessian are differentiated twice even where the network is piecewise linear.
  package var ignoresPiecewiseLinearity = false

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: N examples, two or more.
  ///   - labels: N classes, or those of all positions, of which the ones that count for nothing are so in the inputs, too; none
  ///     for outputs that are values.
  ///   - passes: what computes statistics, in the order in which it runs.
  public init(
    network: Network, inputs: Inputs, labels: [Int], passes: [StatisticsPass] = StatisticsPass.all
  ) {
    self.passes = passes
    self.network = network
    self.inputs = inputs
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
  ///   - options: what is computed, and how exactly.
  ///   - origin: what the result's file says of where it is from.
  ///   - known: statistics of the same network, images and options that were computed before.
  ///   - hooks: progress, times and cancellation.
  /// - Returns: the known and the computed ones; nil where the user asked to stop.
  /// - Throws: `NetworkError` for fewer than two images, or weights that are not finite.
  /// - Complexity: one forward and backward pass; a double-backward pass for each probe; a backward pass for each class
  ///   and statistic of second order.
  public func collect(
    _ options: StatisticsOptions, origin: [String: String] = [:], known: [Statistic: [Tensor]] = [:],
    hooks: Hooks = Hooks()
  ) throws -> NetworkStatistics? {
    try check()
    let comparison = try OutputComparison(network, on: inputs, threads: options.threads)
    let costs = network.costs
    var tensors = known
    let missing = options.statistics.filter { known[$0] == nil }
    if let lost = missing.first(where: { statistic in
      !passes.contains { $0.statistics.contains(statistic) }
    }) {
      throw NetworkError.input("\(network.name): no pass computes the statistic \(lost.rawValue)")
    }
    for pass in passes {
      let wanted = pass.statistics.intersection(missing).filter { tensors[$0] == nil }
      guard !wanted.isEmpty else { continue }
      if hooks.isCancelled() { return nil }
      let work = StatisticsWork(
        network: network, inputs: inputs, labels: labels, wanted: wanted, known: tensors, options: options,
        usesFactors: network.isPiecewiseLinear && !ignoresPiecewiseLinearity, comparison: comparison,
        progress: hooks.progress.map { Self.noting(pass.stage, $0) }, isCancelled: hooks.isCancelled)
      let found = try StageTimer.measured(hooks.times, pass.stage) { try pass.collect(work) }
      guard let found else { return nil }
      try check(found, of: pass, wanted: wanted)
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
    let isLabelled =
      network.hasPositions ? labels.count.isMultiple(of: max(1, inputs.count)) : labels.count == inputs.count
    guard network.objective == .values || (isLabelled && !labels.isEmpty) else {
      throw NetworkError.input(
        "statistics need as many labels as \(network.exampleUnit.plural); got \(labels.count) for \(inputs.count)"
      )
    }
    guard inputs.count >= 2 else {
      throw NetworkError.input(
        "statistics need two \(network.exampleUnit.plural) or more, as they compare them; got \(inputs.count)"
      )
    }
    for (layer, weight) in zip(network.layers, network.weights) {
      let greatest = try weight.absolute().applying("max").item()
      guard greatest.isFinite else {
        throw NetworkError.input(
          "\(network.name): node \(layer.name) has weights that are not finite numbers; export it again")
      }
    }
  }

  private func check(
    _ found: [Statistic: [Tensor]], of pass: StatisticsPass, wanted: Set<Statistic>
  ) throws {
    for statistic in wanted.sorted(by: { $0.rawValue < $1.rawValue })
    where found[statistic]?.count != network.layers.count {
      throw NetworkError.input(
        "\(network.name): the pass \(pass.stage.rawValue) gave the statistic \(statistic.rawValue) of"
          + " \(found[statistic]?.count ?? 0) of \(network.layers.count) layers")
    }
  }
}
