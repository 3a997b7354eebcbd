import Allocation
import Foundations
import LayerStatistics
import Proxies
import Quantization

/// Refines the bits that a proxy chose by measuring what neighbours do to predictions on the images chosen by.
struct Refinement {
  let compression: Compression
  let proxy: any ScoringProxy
  let allocator: ProxyAllocator
  let statistics: NetworkStatistics
  let evaluations: Int
  let divergence: PredictionDivergence
  /// The correction that configurations are measured under, and about how many images it is computed on; nil for all.
  let correction: (kind: Correction, images: Int?)

  private var context: WorkContext { compression.context }

  /// Proxies that need no more than what rounding does to outputs; what they choose is measured, too, beside the choice of a
  /// proxy that sees layers one by one.
  static func companions(of proxy: any ScoringProxy, evaluations: Int) -> [any ScoringProxy] {
    evaluations == 0 || !proxy.responses.isEmpty ? [] : HandcraftedProxy.all.filter(\.takesForwardPassesOnly)
  }

  /// The refined choice.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  func best(from start: Allocation, within bounds: [ResourceBound]) throws -> MeasuredRefinement.Outcome {
    var starts = [start.configuration]
    for proxy in Self.companions(of: proxy, evaluations: evaluations) {
      // Some are not defined on some networks, or do not see inputs.
      guard let other = try? compression.allocator(proxy, statistics).best(within: bounds) else { continue }
      starts.append(other.configuration)
    }
    let refinement = MeasuredRefinement(space: compression.space, bounds: bounds, evaluations: evaluations)
    let outcome = try context.stage("refinement") { progress in
      let counter = ProgressCounter(total: evaluations, handler: progress)
      var least = Double.infinity
      return try refinement.best(starts: starts, scores: { try allocator.scores.optionalScores($0) }) {
        configuration in
        if context.isCancelled() { return nil }
        let isDone = try compression.quantization.prepare(
          [configuration], threads: context.threads, isCancelled: context.isCancelled)
        guard isDone else { return nil }
        let networks = try compression.quantization.quantized(
          configuration, under: [correction.kind], images: correction.images, threads: context.threads)
        let found = try divergence(networks[0])
        least = min(least, found)
        counter.advance(String(format: "least divergence %.4f", least))
        return found
      }
    }
    guard let outcome else { throw WorkInterrupted() }
    return outcome
  }
}
