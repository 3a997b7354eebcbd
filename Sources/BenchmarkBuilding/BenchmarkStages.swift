import Benchmarks
import BitModel
import Foundations
import Synchronization

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
    let rounding = context.beginStage("rounding")
    // Begun by the first measurement, so that its time does not count that of rounding.
    let measuring = Mutex<WorkContext.Stage?>(nil)
    defer {
      rounding.finish()
      measuring.withLock { $0 }?.finish()
    }
    let isComplete = try build(
      drawn, uniform: uniform, store: store, rounding: rounding.progress,
      measuring: { progress in
        rounding.finish()
        clock.advance()
        let stage = measuring.withLock { stage in
          let begun = stage ?? context.beginStage("benchmark")
          stage = begun
          return begun
        }
        stage.progress(progress)
      }, isCancelled: context.isCancelled)
    guard isComplete else { throw WorkInterrupted("with \(storeName)") }
    return clock
  }
}
