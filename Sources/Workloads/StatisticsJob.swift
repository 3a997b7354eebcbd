import BitModel
import Datasets
import Foundation
import Foundations
import LayerStatistics
import Network
import Quantization
import Statistics
import Torch

/// Computes the statistics of one batch of images, and resumes with what a file has of them already.
public struct StatisticsJob {
  private let network: Network
  private let images: Tensor
  private let labels: [Int]
  private let batches: [Tensor]
  private let options: StatisticsOptions
  private let origin: [String: String]
  private let context: WorkContext

  /// What rounding single layers does, for one way to round.
  public struct Perturbations {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// Bits that weights may have.
    public var weightBits: [Int]
    /// Bits that layers' inputs may have.
    public var activationBits: [Int]
    /// Which statistics are needed.
    public var statistics: Set<PerturbationStatistic>

    /// Asks for perturbation statistics.
    public init(
      quantization: PostTrainingQuantization, calibration: String, weightBits: [Int], activationBits: [Int],
      statistics: Set<PerturbationStatistic> = Set(PerturbationStatistic.allCases)
    ) {
      self.quantization = quantization
      self.calibration = calibration
      self.weightBits = weightBits
      self.activationBits = activationBits
      self.statistics = statistics
    }
  }

  /// What changes of bits do to outputs, for one way to round.
  public struct Responses: Sendable {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// The runs, for each background.
    public var plans: [ResponsePlan]

    /// Asks for responses.
    public init(quantization: PostTrainingQuantization, calibration: String, plans: [ResponsePlan]) {
      self.quantization = quantization
      self.calibration = calibration
      self.plans = plans
    }
  }

  /// Whole configurations that are run on the images, too.
  public struct Measured: Sendable {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// The configurations.
    public var configurations: [BitConfiguration]

    /// Asks for measurements.
    public init(
      quantization: PostTrainingQuantization, calibration: String, configurations: [BitConfiguration]
    ) {
      self.quantization = quantization
      self.calibration = calibration
      self.configurations = configurations
    }
  }

  /// Loads a batch; images without labels get the network's own predictions.
  public init(
    _ workload: Workload, dataset: Dataset, options: StatisticsOptions, context: WorkContext
  ) throws {
    let network = workload.network
    let loaded = try workload.images(of: dataset, needsLabels: dataset.labels != nil, context: context)
    var labels = loaded.labels
    if labels.isEmpty {
      let logits = try network.logits(batches: loaded.batches, threads: context.threads)
      labels = try Evaluation(logits: logits, labels: [Int](repeating: 0, count: dataset.count)).predictions
    }
    self.network = network
    self.labels = labels
    self.options = options
    self.context = context
    batches = loaded.batches
    images = try Tensor.concatenated(loaded.batches, dimension: 0)
    origin = [
      "network": try network.digest(), "data": dataset.digest, "images": String(dataset.count),
      "probes": String(options.probes), "tolerance": "\(options.tolerance)", "seed": String(options.seed),
      "batch": options.keepsBatch ? "kept" : "averaged",
      "classes": "\(options.exactClasses) exact, else \(options.factorColumns) random combinations",
    ]
  }

  /// Computes what is missing.
  ///
  /// - Parameter path: a file to resume with, saved after each stage; nil for none.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `FileError` where the file is of something else.
  public func run(
    perturbations: Perturbations?, responses: Responses? = nil, measured: Measured? = nil, path: String?
  ) throws -> NetworkStatistics {
    let (known, timer) = (try path.flatMap(existing), StageTimer())
    let start = Date()
    _ = try network.logits(batches: batches, threads: context.threads)
    let forward = Date().timeIntervalSince(start)
    func save(_ statistics: NetworkStatistics) throws {
      guard let path else { return }
      try statistics.write(to: path)
      try StatisticsSeconds(forward: forward, stages: timer.seconds).write(besides: path)
    }
    let tables = known?.perturbations ?? []
    let collector = StatisticsCollector(network: network, images: images, labels: labels)
    let collected = try context.stage("statistics") { progress in
      try collector.collect(
        options, origin: origin, known: known?.tensors ?? [:],
        hooks: .init(
          times: timer, progress: progress, isCancelled: context.isCancelled,
          save: { statistics in
            var statistics = statistics
            statistics.perturbations = tables
            statistics.responses = known?.responses ?? []
            statistics.measured = known?.measured ?? []
            try save(statistics)
          }))
    }
    guard var statistics = collected else { throw interruption(path) }
    statistics.perturbations = tables
    statistics.responses = known?.responses ?? []
    statistics.measured = known?.measured ?? []
    if let perturbations {
      guard let completed = try completing(tables, with: perturbations, timer) else {
        throw interruption(path)
      }
      statistics.perturbations = completed
    }
    try save(statistics)
    for plan in responses?.plans ?? [] {
      guard let responses else { continue }
      let isComplete = try timer.measure(.responses) { try complete(&statistics.responses, responses, plan) }
      try save(statistics)
      if !isComplete { throw interruption(path) }
    }
    if let measured {
      let isComplete = try measure(measured, &statistics.measured)
      try save(statistics)
      if !isComplete { throw interruption(path) }
    }
    for layer in try statistics.deadLayers() {
      context.notice(
        "\(network.name): node \(layer) gives zeros on all \(labels.count) images;"
          + " proxies that compare activations are not defined")
    }
    return statistics
  }

  /// Tables with one that holds what is asked for; nil where the work is asked to stop.
  private func completing(
    _ tables: [PerturbationTable], with perturbations: Perturbations, _ timer: StageTimer
  ) throws -> [PerturbationTable]? {
    let rounding = perturbations.quantization.options.layerwiseIdentity
    let former = tables.first { $0.rounding == rounding && $0.calibration == perturbations.calibration }
    if let former, former.holds(perturbations) { return tables }
    // What a table of the same rounding holds already is computed again with what it lacks.
    let formerBits = former.map { table in
      // The outer layers have bits of their own, too, whatever the others have.
      table.weightBits.filter { bits in
        table.values.keys.contains {
          table.value($0, layer: min(1, network.layers.count - 1), bits: bits) != nil
        }
      }
    }
    let collector = PerturbationCollector(
      quantization: perturbations.quantization, images: images, labels: labels,
      weightBits: perturbations.weightBits + (formerBits ?? []),
      activationBits: perturbations.activationBits + (former?.activationBits ?? []),
      statistics: perturbations.statistics.union(former.map { Set($0.values.keys) } ?? []))
    let table = try context.stage("perturbations") { progress in
      try collector.collect(
        options, calibration: perturbations.calibration, times: timer, progress: progress,
        isCancelled: context.isCancelled)
    }
    return table.map { table in tables.filter { $0.rounding != rounding } + [table] }
  }

  /// Adds a table of responses, or the images that one lacks; false where the work is asked to stop.
  private func complete(
    _ tables: inout [ResponseTable], _ asked: Responses, _ plan: ResponsePlan
  ) throws -> Bool {
    let rounding = asked.quantization.options.layerwiseIdentity
    let alike = tables.indices.filter {
      tables[$0].rounding == rounding && tables[$0].calibration == asked.calibration
    }
    var (plan, position) = (plan, alike.first { tables[$0].plan.covers(plan) })
    if let position {
      plan = tables[position].plan
    } else if let other = alike.first(where: {
      (tables[$0].plan.background == .float) == (plan.background == .float)
        && tables[$0].plan.choices != plan.choices
    }) {
      // What a file says of other bits is said of all together, as proxies take one table.
      plan = try plan.merged(with: tables[other].plan, costs: network.costs)
      tables.remove(at: other)
    } else {
      position = alike.first { tables[$0].plan.background == plan.background }
    }
    let former = position.flatMap { tables[$0].plan == plan ? tables[$0] : nil }
    if former?.imageCount == labels.count { return true }
    let found = try context.stage("responses from \(plan.background)") { progress in
      try ResponseCollector(quantization: asked.quantization, images: images, plan: plan).collect(
        calibration: asked.calibration, known: former, context: context, progress: progress)
    }
    if let position { tables[position] = found } else { tables.append(found) }
    return found.imageCount == labels.count
  }

  /// Runs configurations that are not known yet; false where the work is asked to stop.
  private func measure(_ asked: Measured, _ records: inout [MeasuredDivergences]) throws -> Bool {
    let rounding = asked.quantization.options.layerwiseIdentity
    let position =
      records.firstIndex { $0.rounding == rounding && $0.calibration == asked.calibration } ?? records.count
    if position == records.count {
      records.append(MeasuredDivergences(rounding: rounding, calibration: asked.calibration, values: [:]))
    }
    // In sorted order, neighbours share their first layers.
    let missing = asked.configurations.filter { records[position][$0] == nil }
      .sorted { $0.lexicographicallyPrecedes($1) }
    guard try asked.quantization.prepare(missing, threads: context.threads, isCancelled: context.isCancelled)
    else { return false }
    let float = try asked.quantization.network.logits(batches: batches, threads: context.threads).map {
      try $0.converted(to: .float64).logSoftmax(dimension: 1)
    }
    let prefixes = PrefixCache(batches: batches, depth: network.layers.count)
    return try context.stage("measurements") { progress in
      let counter = ProgressCounter(total: missing.count, handler: progress)
      for configuration in missing {
        if context.isCancelled() { return false }
        let quantized = try asked.quantization.quantized(configuration, threads: context.threads)
        let outputs = try prefixes.logits(of: quantized, threads: context.threads)
        let sum = try zip(float, outputs).reduce(0.0) { sum, pair in
          let other = try pair.1.converted(to: .float64).logSoftmax(dimension: 1)
          return try sum + pair.0.applying("exp").multiplied(by: pair.0.subtracting(other)).sum().item()
        }
        records[position].values[configuration.description] = sum / Double(labels.count)
        counter.advance()
      }
      return true
    }
  }

  private func existing(_ path: String) throws -> NetworkStatistics? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let known = try NetworkStatistics(contentsOf: path)
    guard let key = origin.keys.sorted().first(where: { known.origin[$0] != origin[$0] }) else {
      return known
    }
    throw FileError(
      .usage,
      "\(path): holds statistics of other \(key) (\(known.origin[key] ?? "unknown"), not"
        + " \(origin[key] ?? "unknown")); name another file")
  }

  private func interruption(_ path: String?) -> WorkInterrupted {
    WorkInterrupted(path.flatMap { FileManager.default.fileExists(atPath: $0) ? "with \($0)" : nil })
  }
}

extension PerturbationTable {
  /// Whether it has all that is asked for.
  fileprivate func holds(_ asked: StatisticsJob.Perturbations) -> Bool {
    asked.statistics.isSubset(of: values.keys) && Set(asked.weightBits).isSubset(of: weightBits)
      && Set(asked.activationBits).isSubset(of: activationBits)
  }
}
