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
      try prepare(configuration, context: context, progress: progress)
      return try quantized(configuration, threads: context.threads, progress: progress)
    }
  }

  /// The network with the bits of a configuration under several corrections, in their order, its rounding shown as a
  /// stage.
  ///
  /// - Parameters:
  ///   - configuration: the bits of each layer.
  ///   - corrections: of `possibleCorrections`.
  ///   - images: calibration images that corrections are computed on, about; nil for all.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func quantized(
    _ configuration: BitConfiguration, under corrections: [Correction], images: Int?, context: WorkContext
  ) throws -> [QuantizedNetwork] {
    try context.stage("rounding") { progress in
      try prepare(configuration, context: context, progress: progress)
      return try quantized(
        configuration, under: corrections, images: images, threads: context.threads, progress: progress)
    }
  }

  private func prepare(
    _ configuration: BitConfiguration, context: WorkContext, progress: @escaping ProgressHandler
  ) throws {
    guard !options.isSequential else { return }
    let isDone = try prepare(
      [configuration], threads: context.threads, progress: progress, isCancelled: context.isCancelled)
    guard isDone else { throw WorkInterrupted() }
  }
}
