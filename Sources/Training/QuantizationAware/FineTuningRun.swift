import Foundation
import Foundations
import Torch

extension FineTuner {
  /// Seconds between checkpoints within an epoch.
  private static let secondsBetweenCheckpoints = 20.0

  /// Takes the steps that are left, resuming with a checkpoint where there is one, and keeps checkpoints.
  ///
  /// - Parameters:
  ///   - epochs: passes over the images in all.
  ///   - path: the file.
  ///   - context: threads, cancellation and progress.
  ///   - measuring: says how good the network is after an epoch, for users who want to know; nil where nobody does.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `FileError` where the checkpoint is of something else.
  public mutating func run(
    epochs: Int, checkpoint path: String, context: WorkContext, measuring: ((FineTuner) throws -> String)?
  ) throws {
    if FileManager.default.fileExists(atPath: path) {
      do {
        try restore(SafetensorsFile(contentsOf: path))
      } catch let error as FileError {
        throw FileError(error.kind, "\(path): \(error.description)")
      }
      context.notice("resumed after step \(completedSteps) of \(path)")
    } else {
      // A place that cannot be written to is better known now than after an epoch.
      try checkpoint().write(to: path)
    }
    var saved = Date()
    try context.stage("finetune") { progress in
      while !isFinished {
        if context.isCancelled() {
          try checkpoint().write(to: path)
          throw WorkInterrupted("after step \(completedSteps)")
        }
        try step(threads: context.threads)
        let isEpoch = epochStep == 0
        progress(
          WorkProgress(
            completed: completedSteps, total: epochs * stepsPerEpoch,
            note: "epoch \(min(epoch + (isEpoch ? 0 : 1), epochs)) of \(epochs), loss "
              + String(format: "%.3f", isEpoch ? epochLosses.last ?? loss : loss)))
        if isEpoch || Date().timeIntervalSince(saved) > Self.secondsBetweenCheckpoints {
          try checkpoint().write(to: path)
          saved = Date()
        }
        if isEpoch, let measuring {
          context.detail(
            "epoch \(epoch): loss \(String(format: "%.4f", epochLosses.last ?? loss))\(try measuring(self))")
        }
      }
    }
  }
}
