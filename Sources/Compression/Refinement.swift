import Allocation
import Foundations
import LayerStatistics
import Network
import Proxies
import Quantization
import Torch

/// Refines the bits that a proxy chose by measuring what neighbours do to predictions on the images chosen by.
struct Refinement {
  let compression: Compression
  let proxy: any ScoringProxy
  let allocator: ProxyAllocator
  let statistics: NetworkStatistics
  let evaluations: Int

  private var context: WorkContext { compression.context }

  /// The divergence of the quantized network's predictions from the float network's, over some images.
  private struct Divergence {
    let batches: [Tensor]
    let logarithms: [Tensor]
    let count: Int
    let threads: Int

    init(_ network: Network, batches: [Tensor], threads: Int) throws {
      self.batches = batches
      self.threads = threads
      logarithms = try network.logits(batches: batches, threads: threads).map {
        try $0.converted(to: .float64).logSoftmax(dimension: 1)
      }
      count = batches.reduce(0) { $0 + $1.shape[0] }
    }

    func callAsFunction(_ quantized: QuantizedNetwork) throws -> Double {
      let outputs = try quantized.logits(batches: batches, threads: threads)
      let sum = try zip(logarithms, outputs).reduce(0.0) { sum, pair in
        let other = try pair.1.converted(to: .float64).logSoftmax(dimension: 1)
        return try sum + pair.0.applying("exp").innerProduct(pair.0.subtracting(other))
      }
      return sum.isFinite ? sum / Double(count) : .infinity
    }
  }

  /// Proxies that need no more than what rounding does to outputs; what they choose is measured, too, beside the choice of a
  /// proxy that sees layers one by one.
  static func companions(of proxy: any ScoringProxy, evaluations: Int) -> [any ScoringProxy] {
    evaluations == 0 || !proxy.responses.isEmpty ? [] : HandcraftedProxy.all.filter(\.takesForwardPassesOnly)
  }

  /// The refined choice.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  func best(from start: Allocation, within bounds: [ResourceBound], on batches: [Tensor]) throws
    -> MeasuredRefinement.Outcome
  {
    var starts = [start.configuration]
    for proxy in Self.companions(of: proxy, evaluations: evaluations) {
      // Some are not defined on some networks, or do not see inputs.
      guard let other = try? compression.allocator(proxy, statistics).best(within: bounds) else { continue }
      starts.append(other.configuration)
    }
    let divergence = try Divergence(
      compression.quantization.network, batches: batches, threads: context.threads)
    let refinement = MeasuredRefinement(space: compression.space, bounds: bounds, evaluations: evaluations)
    let outcome = try context.stage("refinement") { progress in
      let counter = ProgressCounter(total: evaluations, handler: progress)
      return try refinement.best(starts: starts, scores: { try allocator.scores.optionalScores($0) }) {
        configuration in
        if context.isCancelled() { return nil }
        defer { counter.advance() }
        let isDone = try compression.quantization.prepare(
          [configuration], threads: context.threads, isCancelled: context.isCancelled)
        guard isDone else { return nil }
        return try divergence(compression.quantization.quantized(configuration, threads: context.threads))
      }
    }
    guard let outcome else { throw WorkInterrupted() }
    return outcome
  }
}
