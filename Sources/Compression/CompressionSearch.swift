import BenchmarkBuilding
import Benchmarks
import BitModel
import Evolution
import Foundations
import LayerStatistics
import Proxies
import Quantization
import Workloads

extension Compression {
  /// A search for a formula on the network's own configurations: random ones, measured by how far their predictions
  /// diverge on images that bits are chosen by, so that no labels are needed.
  ///
  /// - Parameters:
  ///   - statistics: what formulas take.
  ///   - count: how many configurations, 16 or more; a few hundred tell formulas apart well.
  ///   - imageCount: images that they are measured on, at most.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `BenchmarkError` where there are not so many configurations.
  /// - Complexity: a forward pass over the images for each configuration.
  public func searchProblem(
    _ statistics: NetworkStatistics, configurations count: Int = 128, images imageCount: Int = 512
  ) throws -> SearchProblem {
    let images = try workload.examples(
      of: images.chosenBy.sample(imageCount, seed: seed), needsLabels: false, context: context)
    // Divergences take no labels.
    let builder = try BenchmarkBuilder(
      quantization: quantization, inputs: images.batches,
      labels: [Int](repeating: 0, count: images.dataset.count),
      threads: context.threads)
    let choices = space.choices.filter { $0.count > 1 }.joined()
    let sampler = try ConfigurationSampler(
      costs: space.costs.model, candidates: Set(choices.map(\.weightBits)).sorted(),
      activationCandidates: Set(choices.map(\.activationBits)).sorted(), seed: seed)
    let drawn = try sampler.configurations(count)
    let rows = try context.stage("measuring configurations") { progress in
      let counter = ProgressCounter(total: count, handler: progress)
      return try drawn.map { configuration in
        try context.checkCancellation()
        defer { counter.advance() }
        return try builder.measure(configuration)
      }
    }
    return try SearchProblem([
      BenchmarkProblem(
        name: workload.name,
        inputs: ProxyInputs(statistics, rounding: quantization.options.layerwiseIdentity),
        configurations: drawn, truth: rows.map { Measure.kl.goodness($0) }, seed: seed)
    ])
  }
}
