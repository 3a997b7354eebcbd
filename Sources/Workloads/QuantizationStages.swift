import BitModel
import Foundations
import Quantization

extension PostTrainingQuantization {
  /// The network with the bits of a configuration, its rounding shown as a stage.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func quantized(
    _ configuration: BitConfiguration, context: WorkContext
  ) throws -> QuantizedNetwork {
    try context.stage("rounding") { progress in
      if !options.isSequential {
        let isDone = try prepare(
          [configuration], threads: context.threads, progress: progress, isCancelled: context.isCancelled)
        guard isDone else { throw WorkInterrupted() }
      }
      return try quantized(configuration, threads: context.threads, progress: progress)
    }
  }
}
