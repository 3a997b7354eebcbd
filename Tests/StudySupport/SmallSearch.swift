import Benchmarks
import Evolution
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Studies
import TestSupport
import Torch

/// A benchmark whose name is markup, with statistics of random tensors, and searches on it.
package struct SmallSearch {
  /// The folder of everything.
  package let folder: String
  /// What the benchmark is called.
  package static let name = "a <b> & 'c'"

  /// The benchmark's file.
  package var benchmark: String { "\(folder)/\(Self.name).csv" }
  /// The statistics' file.
  package var statistics: String { BenchmarkFile.statisticsPath(of: benchmark) }
  /// The run folder.
  package var run: String { "\(folder)/run" }

  /// Writes benchmark and statistics.
  package init(in folder: String) throws {
    self.folder = folder
    let source = "\(TestFiles.repository)/MQBench/fashion-plain-nearest.csv"
    try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/\(Self.name).csv")
    let description = try BenchmarkFile(contentsOf: source).description
    var tensors: [Statistic: [Tensor]] = [:]
    for (position, statistic) in Statistic.paperInputs.enumerated() {
      tensors[statistic] = try description.costs.layers.indices.map { layer in
        var stream = RandomStream(seed: UInt64(position), purpose: "tensor", index: UInt64(layer))
        let scale = 0.2 + 2 * stream.uniform()
        return try Tensor((0..<12).map { _ in Float(scale * (stream.uniform() - 0.4)) }, shape: [4, 3])
      }
    }
    try NetworkStatistics(
      costs: description.costs, tensors: tensors,
      origin: ["network": description.network, "images": "4"]
    ).write(to: statistics)
  }

  /// Opens the benchmark with its statistics.
  package func opened() throws -> RankedBenchmark {
    try RankedBenchmark.open([benchmark], statistics: [], measure: .kl, seed: 1)[0]
  }

  /// A search in the folder, resumed where that holds one.
  package func job(_ options: EvolutionOptions, run: String? = nil) throws -> SearchJob {
    let opened = try opened()
    return try SearchJob(
      in: RunFolder(run ?? self.run), version: "1", options: options, space: SearchSpace(),
      prioritizesOperations: false, warmStart: [], benchmarks: [opened],
      problem: SearchProblem([opened.problem(seed: 1)]), searchConfigurations: 50,
      context: WorkContext(threads: 2))
  }

  /// What a search in the folder comes to.
  package func results(_ change: (inout EvolutionOptions) -> Void) throws -> SearchResults {
    var options = EvolutionOptions()
    options.populationSize = 20
    change(&options)
    let job = try job(options)
    var search = try EvolutionSearch(
      problem: job.problem, space: job.description.space, options: options, state: job.saved)
    try search.run(threads: 2, save: { try job.folder.save($0, job.description) })
    return try SearchResults(job, search, threads: 2)
  }
}
