import Foundation
import Foundations
import Network
import Torch

/// How ONNX Runtime's logits compare with this program's; of a network that ends in a softmax, the logarithms of it.
public struct Judgement: Sendable {
  /// The share of images that ONNX Runtime classifies rightly.
  public let top1: Double
  /// The share of images that both give the same class.
  public let equalPredictions: Double
  /// The largest difference of logits, relative to the largest logit of ONNX Runtime.
  public let largestDifference: Double

  /// Runs a file on images.
  ///
  /// - Throws: `FileError` where there is no ONNX Runtime, or it fails.
  public init(
    file: String, network: Network, images: [Tensor], labels: [Int], own evaluation: Evaluation, threads: Int
  ) throws {
    guard let judge = ONNXRuntimeJudge() else { throw ONNXRuntimeJudge.notFound }
    let kind = network.outputKind
    let logits = try kind.logits(
      of: judge.logits(model: file, images: images, classCount: network.classCount, threads: threads))
    let judged = try Evaluation(logits: [logits], labels: labels)
    top1 = judged.top1
    let equal = zip(judged.predictions, evaluation.predictions).count { $0 == $1 }
    equalPredictions = Double(equal) / Double(max(1, judged.predictions.count))
    let own = try kind.comparable(Tensor.concatenated(evaluation.logits, dimension: 0))
    let difference = try own.subtracting(logits).absolute().applying("max").item()
    largestDifference = difference / max(try logits.absolute().applying("max").item(), .leastNormalMagnitude)
  }

  /// Runs a file on images where ONNX Runtime was found; that it was not is said as a notice.
  ///
  /// - Throws: `FileError` where ONNX Runtime fails on the file.
  public static func ifPossible(
    file: String, network: Network, images: [Tensor], labels: [Int], own evaluation: Evaluation,
    context: WorkContext
  ) throws -> Judgement? {
    guard ONNXRuntimeJudge() != nil else {
      context.notice("\(ONNXRuntimeJudge.notFound); the file was not run in it")
      return nil
    }
    return try Judgement(
      file: file, network: network, images: images, labels: labels, own: evaluation, threads: context.threads)
  }
}
