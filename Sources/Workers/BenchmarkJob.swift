import BenchmarkBuilding
import Benchmarks
import BitModel
import Foundation
import Foundations
import Network
import ONNX
import PostgreSQLBenchmarks
import Quantization
import SharedStore
import Workloads

/// All that a worker needs to measure configurations of a benchmark: the model and examples as files of the store.
public struct BenchmarkJob: Codable, Sendable {
  /// The digest of the model's file.
  let model: String
  /// The digest of the examples that ranges and roundings are found on.
  let calibration: String
  /// The digest of the examples that configurations are measured on.
  let evaluation: String
  /// What the model does not say of the network.
  let network: NetworkOptions

  /// Puts a benchmark and its work into a store.
  ///
  /// - Parameters:
  ///   - workload: the network with its examples.
  ///   - drawn: configurations that proxies are ranked on.
  ///   - uniform: configurations that are measured as references.
  ///   - benchmark: where rows go.
  ///   - context: shows the progress.
  /// - Returns: the benchmark, ready to be worked on.
  public static func enqueue(
    _ workload: BenchmarkWorkload, drawn: [BitConfiguration], uniform: [BitConfiguration],
    in benchmark: PostgreSQLBenchmarkStore, context: WorkContext
  ) throws -> PostgreSQLBenchmarkStore {
    func add(_ examples: LoadedExamples, _ title: String) throws -> String {
      let file = ExamplesFile(
        batches: examples.batches, labels: examples.labels, areChannelsLast: examples.areChannelsLast)
      let data = try file.data()
      return try context.stage("sending \(title)") { try benchmark.store.add(data, progress: $0) }
    }
    let job = BenchmarkJob(
      model: try benchmark.store.add(workload.workload.source.serialized()),
      calibration: try add(workload.calibrationExamples, "calibration examples"),
      evaluation: try add(workload.evaluationExamples, "evaluation examples"),
      network: workload.workload.network.options)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let isDrawn = Set(drawn)
    return try benchmark.enqueue(
      String(decoding: try encoder.encode(job), as: UTF8.self),
      configurations: isDrawn.union(uniform).sorted(by: BenchmarkBuilder.isMeasuredBefore).map {
        ($0, isDrawn.contains($0) ? .drawn : .uniform)
      })
  }

}

extension BenchmarkJob {
  /// Reads what was put in.
  ///
  /// - Throws: `SharedStoreError` where it is not of this program.
  init(_ job: StoreJob, in store: SharedStore) throws {
    guard let read = try? JSONDecoder().decode(BenchmarkJob.self, from: Data(job.specification.utf8)) else {
      throw SharedStoreError("\(store.name)#\(job.name): its job cannot be read; it has to be put in again")
    }
    self = read
  }

  /// What measures, made of files that are fetched from the store once.
  func builder(
    of benchmark: PostgreSQLBenchmarkStore, cache: String, context: WorkContext
  ) throws -> BenchmarkBuilder {
    func fetch(_ digest: String, _ title: String) throws -> String {
      try context.stage("fetching \(title)") { try benchmark.store.fetch(digest, into: cache, progress: $0) }
    }
    let description = benchmark.description
    let source = try Model(AtomicFile.read(fetch(model, "the model")), name: description.model)
    let calibration = try ExamplesFile(contentsOf: fetch(calibration, "calibration examples"))
    let evaluation = try ExamplesFile(contentsOf: fetch(evaluation, "evaluation examples"))
    let workload = try Workload(source: source, name: description.model, options: network, preprocessing: nil)
    guard try workload.network.digest() == description.network else {
      throw BenchmarkError(
        "\(benchmark.name): the model of its job is another network; it has to be put in again")
    }
    let quantization = try context.stage("calibration") {
      try PostTrainingQuantization(
        source, name: description.model, network: network, calibration: calibration.batches,
        options: description.quantization, threads: context.threads, progress: $0)
    }
    return try BenchmarkBuilder(
      quantization: quantization, inputs: evaluation.batches, labels: evaluation.labels,
      views: description.views, threads: context.threads)
  }
}
