import Benchmarks
import BitModel
import Foundations

extension BenchmarkBuilder {
  /// Measures the configurations that the store has no row of, its rounding and measuring shown as stages.
  ///
  /// - Parameters:
  ///   - drawn: configurations that proxies are ranked on.
  ///   - uniform: configurations that are measured as references.
  ///   - store: where rows and rounded weights are kept.
  ///   - storeName: what the stages' titles call it.
  ///   - context: threads, cancellation and progress.
  /// - Returns: what timed the measurements of this process.
  /// - Throws: `WorkInterrupted` where it is asked to stop; the same again resumes with the store.
  public func build(
    _ drawn: [BitConfiguration], uniform: [BitConfiguration] = [], store: some BenchmarkStore,
    storeName: String, context: WorkContext
  ) throws -> MeasuringClock {
    let clock = MeasuringClock()
    let (rounding, measuring) = (context.beginStage("rounding"), context.beginStage("benchmark"))
    defer {
      rounding.finish()
      measuring.finish()
    }
    let isComplete = try build(
      drawn, uniform: uniform, store: store, rounding: rounding.progress,
      measuring: { progress in
        rounding.finish()
        clock.advance()
        measuring.progress(progress)
      }, isCancelled: context.isCancelled)
    guard isComplete else { throw WorkInterrupted("with \(storeName)") }
    return clock
  }
}
