import BitModel
import Datasets
import Foundation
import Foundations
import LayerStatistics
import Network
import Quantization
import Statistics
import Torch

/// Computes the statistics of one batch of examples, and resumes with what a file has of them already.
public struct StatisticsJob {
  let network: Network
  let inputs: Inputs
  let labels: [Int]
  let batches: [Inputs]
  private let options: StatisticsOptions
  private let origin: [String: String]
  let context: WorkContext

  /// Loads a batch; images without labels get the network's own predictions.
  ///
  /// Of examples of several shapes, those of the commonest one are taken.
  public init(
    _ workload: Workload, dataset: Dataset, options: StatisticsOptions, context: WorkContext
  ) throws {
    let network = workload.network
    let loaded = try workload.examples(
      of: dataset, needsLabels: dataset.isLabelled(for: network), context: context)
    let (batches, labels) = Self.commonest(loaded)
    inputs = try Inputs.concatenated(batches)
    if inputs.count < loaded.count {
      context.notice(
        "\(network.name): statistics are of the \(inputs.count) of \(loaded.count) examples of the commonest shape,"
          + " \(inputs.exampleShapes)")
    }
    self.batches = batches
    if labels.isEmpty, network.objective == .classes {
      let logits = try network.logits(batches: batches, threads: context.threads)
      self.labels = try Evaluation(logits: logits, labels: [], classCount: network.classCount).predictions
    } else {
      self.labels = labels
    }
    self.network = network
    self.options = options
    self.context = context
    origin = [
      "network": try network.digest(), "data": dataset.digest, "images": String(inputs.count),
      "probes": String(options.probes), "tolerance": "\(options.tolerance)", "seed": String(options.seed),
      "batch": options.keepsBatch ? "kept" : "averaged",
      "classes": "\(options.exactClasses) exact, else \(options.factorColumns) random combinations",
    ]
  }

  /// The batches of the shape that most examples have, and their labels.
  private static func commonest(_ loaded: LoadedExamples) -> (batches: [Inputs], labels: [Int]) {
    var counts: [[[Int]]: Int] = [:]
    for batch in loaded.batches { counts[batch.exampleShapes, default: 0] += batch.count }
    let greatest = counts.values.max() ?? 0
    guard counts.count > 1,
      let shape = loaded.batches.first(where: { counts[$0.exampleShapes] == greatest })?.exampleShapes
    else { return (loaded.batches, loaded.labels) }
    let chosen = loaded.batches.indices.filter { loaded.batches[$0].exampleShapes == shape }
    return (
      chosen.map { loaded.batches[$0] },
      loaded.labelsOfBatches.isEmpty ? [] : chosen.flatMap { loaded.labelsOfBatches[$0] }
    )
  }

  /// Computes what is missing.
  ///
  /// - Parameters:
  ///   - perturbations: what rounding layers does; nil where that is not wanted.
  ///   - responses: changes of outputs; nil where they are not wanted.
  ///   - measured: divergences of configurations; nil where they are not wanted.
  ///   - path: a file to resume with, saved after each stage; nil for none.
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
    let collector = StatisticsCollector(network: network, inputs: inputs, labels: labels)
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
        "\(network.name): node \(layer) gives zeros on all \(inputs.count) \(network.exampleUnit.plural);"
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
      quantization: perturbations.quantization, inputs: inputs, labels: labels,
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
