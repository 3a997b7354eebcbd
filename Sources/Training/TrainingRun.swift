import Foundation
import Foundations
import Torch

extension Trainer {
  /// Runs the epochs that are left, resuming with a checkpoint where there is one, and keeps one after each.
  ///
  /// - Parameters:
  ///   - epochs: passes over the images in all.
  ///   - images: preprocessed images one after the other, channel-major.
  ///   - labels: the class of each.
  ///   - path: the file.
  ///   - context: threads, cancellation and progress.
  ///   - measuring: says how good the network is after an epoch, for users who want to know; nil where nobody does.
  /// - Throws: `WorkInterrupted` where it is asked to stop; `FileError` where the checkpoint is of something else.
  public mutating func run(
    epochs: Int, images: [Float], labels: [Int], checkpoint path: String, context: WorkContext,
    measuring: ((Trainer) throws -> String)?
  ) throws {
    if FileManager.default.fileExists(atPath: path) {
      try restore(SafetensorsFile(contentsOf: path))
      context.notice("resumed after epoch \(epoch) of \(path)")
    }
    while epoch < epochs {
      let loss = try context.stage("train") {
        try runEpoch(
          images: images, labels: labels, threads: context.threads, progress: $0,
          isCancelled: context.isCancelled)
      }
      guard let loss else { throw WorkInterrupted("after epoch \(epoch)") }
      try checkpoint().write(to: path)
      if let measuring {
        context.detail("epoch \(epoch): loss \(String(format: "%.4f", loss))\(try measuring(self))")
      }
    }
  }
}
