import Foundation
import Foundations
import Network
import Quantization

extension WorkContext {
  /// Asks about the preprocessing where a network's top-1 on labelled images is that of guessing.
  ///
  /// - Parameters:
  ///   - evaluation: the accuracy that was measured.
  ///   - network: what it is of.
  ///   - origin: where the images are from, in words.
  public func noticeGuessing(_ evaluation: Evaluation, of network: Network, on origin: String) {
    guard evaluation.isNearChance(classCount: network.classCount) else { return }
    let question =
      switch network.exampleUnit {
      case .image:
        "are scale, means, standard deviations, order of channels and size of images those that it was trained with?"
      case .example:
        "are inputs in the form that it was trained with, and labels in the order of its classes?"
      }
    notice(
      String(
        format: "the float network's top-1 of %.2f %% on %@ is that of guessing among %d classes; %@",
        100 * evaluation.top1, origin, network.classCount, question))
  }

  /// Says that a quantized file is larger than the one that it was made of, if it is.
  ///
  /// - Parameters:
  ///   - path: the quantized file.
  ///   - bytes: the size of the quantized file.
  ///   - workload: the float network.
  ///   - sourceBytes: the size of the float model's file, whose constants may lie in a file beside it.
  public func noticeGrowth(of path: String, bytes: Int, over workload: Workload, sourceBytes: Int) throws {
    let original = max(sourceBytes, try StoredSize(workload.source).total)
    guard bytes > original else { return }
    notice(
      "WARNING: \(path) has \(bytes) bytes, which is more than the \(original) of the model it was made of; nothing was"
        + " gained")
  }
}
