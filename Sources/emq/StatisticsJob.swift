import Datasets
import Foundation
import Foundations
import LayerStatistics
import Network
import Quantization
import Statistics
import Torch

/// Computes the statistics of one batch of images, going on with what a file has of them already.
struct StatisticsJob {
  let network: Network
  let images: Tensor
  let labels: [Int]
  let batches: [Tensor]
  let options: StatisticsOptions
  let origin: [String: String]

  /// What rounding single layers does, for one way to round.
  struct Perturbations {
    let quantization: PostTrainingQuantization
    let calibration: String
    let weightBits: [Int]
    let activationBits: [Int]
    /// Which statistics are needed.
    var statistics = Set(PerturbationStatistic.allCases)
  }

  /// Loads a batch; images without labels get the network's own predictions.
  init(
    network: Network, dataset: Dataset, preprocessing: Datasets.Preprocessing, options: StatisticsOptions
  ) throws {
    let loaded = try LoadedImages(
      dataset, network: network, preprocessing: preprocessing, needsLabels: dataset.labels != nil,
      threads: options.threads)
    var labels = loaded.labels
    if labels.isEmpty {
      let logits = try network.logits(batches: loaded.batches, threads: options.threads)
      labels = try Evaluation(logits: logits, labels: [Int](repeating: 0, count: dataset.count)).predictions
    }
    self.network = network
    self.labels = labels
    self.options = options
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
  /// - Parameter path: a file that is gone on with and saved after each stage; nil for none.
  /// - Throws: `ExitCode` 130 where the user asked to stop.
  func run(perturbations: Perturbations?, path: String?) throws -> NetworkStatistics {
    let (known, timer) = (try path.flatMap(existing), StageTimer())
    let start = Date()
    _ = try network.logits(batches: batches, threads: options.threads)
    let forward = Date().timeIntervalSince(start)
    func save(_ statistics: NetworkStatistics) throws {
      guard let path else { return }
      try statistics.write(to: path)
      try StatisticsSeconds(forward: forward, stages: timer.seconds).write(besides: path)
    }
    let tables = known?.perturbations ?? []
    let collector = StatisticsCollector(network: network, images: images, labels: labels)
    var statistics = try Console.withProgress("statistics") { progress in
      try collector.collect(
        options, origin: origin, known: known?.tensors ?? [:],
        hooks: .init(
          times: timer, progress: progress, isCancelled: { Interruption.isRequested },
          save: { statistics in
            var statistics = statistics
            statistics.perturbations = tables
            try save(statistics)
          }))
    }
    guard statistics != nil else { throw Self.interruption(path) }
    statistics?.perturbations = tables
    if let perturbations {
      let rounding = PerturbationCollector.identity(of: perturbations.quantization.options)
      let isKnown = tables.contains { table in
        table.rounding == rounding && table.calibration == perturbations.calibration
          && perturbations.statistics.isSubset(of: table.values.keys)
          && Set(perturbations.weightBits).isSubset(of: table.weightBits)
          && Set(perturbations.activationBits).isSubset(of: table.activationBits)
      }
      if !isKnown {
        // What a table of the same rounding holds already is computed again with what it lacks.
        let former = tables.first {
          $0.rounding == rounding && $0.calibration == perturbations.calibration
        }
        let formerBits = former.map { table in
          // The first and last layer have 8 bits, too, whatever the others have.
          table.weightBits.filter { bits in
            table.values.keys.contains {
              table.value($0, layer: min(1, network.layers.count - 1), bits: bits) != nil
            }
          }
        }
        let table = try Console.withProgress("perturbations") { progress in
          try PerturbationCollector(
            quantization: perturbations.quantization, images: images, labels: labels,
            weightBits: perturbations.weightBits + (formerBits ?? []),
            activationBits: perturbations.activationBits + (former?.activationBits ?? []),
            statistics: perturbations.statistics.union(former.map { Set($0.values.keys) } ?? [])
          ).collect(
            options, calibration: perturbations.calibration, times: timer, progress: progress,
            isCancelled: { Interruption.isRequested })
        }
        guard let table else { throw Self.interruption(path) }
        statistics?.perturbations = tables.filter { $0.rounding != rounding } + [table]
      }
    }
    guard let statistics else { throw Self.interruption(path) }
    try save(statistics)
    for layer in try statistics.deadLayers() {
      Console.error(
        "emq: \(network.name): node \(layer) gives zeros on all \(labels.count) images;"
          + " proxies that compare activations are not defined")
    }
    return statistics
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

  private static func interruption(_ path: String?) -> any Error {
    let kept = path.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    Console.error("emq: interrupted\(kept.map { "; the same command goes on with \($0)" } ?? "")")
    return Interruption.exitCode
  }
}

/// The wall-clock seconds that statistics took, in a file beside theirs, as they differ from run to run.
struct StatisticsSeconds: Codable {
  /// One forward pass over the images.
  var forward: Double
  /// By ``StatisticsStage``.
  var stages: [String: Double]

  init(forward: Double, stages: [StatisticsStage: Double]) {
    self.forward = forward
    self.stages = Dictionary(uniqueKeysWithValues: stages.map { ($0.rawValue, $1) })
  }

  private static func path(_ statistics: String) -> String { statistics + ".seconds.json" }

  /// Removes statistics and the file beside them.
  static func removeAll(with statistics: String) {
    for file in [statistics, path(statistics)] { try? FileManager.default.removeItem(atPath: file) }
  }

  /// Reads the file beside statistics; nil where there is none.
  init?(besides statistics: String) {
    guard let data = try? AtomicFile.read(Self.path(statistics)),
      let read = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = read
  }

  /// Adds to the file beside statistics; stages that were run again count anew.
  func write(besides statistics: String) throws {
    var all = self
    all.stages.merge(Self(besides: statistics)?.stages ?? [:]) { new, _ in new }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(all) + Data("\n".utf8), to: Self.path(statistics))
  }
}
