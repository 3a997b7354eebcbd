import Foundation
import Foundations
import Network
import Torch

/// How ONNX Runtime's outputs compare with this program's; of a network that ends in a softmax, the logarithms of it.
public struct Judgement: Sendable {
  /// ONNX Runtime's outputs, batch by batch.
  public let outputs: [Tensor]
  /// The share of images, or positions, that ONNX Runtime classifies rightly; not a number for outputs that are values.
  public let top1: Double
  /// The share of images, or positions, that both give the same class; not a number for outputs that are values.
  public let equalPredictions: Double
  /// The largest difference of outputs, relative to the largest one of ONNX Runtime.
  public let largestDifference: Double
  /// The mean cosine of an example's outputs in ONNX Runtime and in this program.
  public let cosine: Double

  /// Runs a file on examples.
  ///
  /// - Throws: `FileError` where there is no ONNX Runtime, or it fails.
  public init(
    file: String, network: Network, inputs: [Inputs], labels: [Int], own evaluation: Evaluation, threads: Int
  ) throws {
    guard let judge = ONNXRuntimeJudge() else { throw ONNXRuntimeJudge.notFound }
    let kind = network.outputKind
    outputs = try zip(
      inputs, judge.outputs(model: file, network: network, batches: inputs, threads: threads)
    ).map { try network.leavingOut($0.ignored, of: kind.logits(of: $1)) }
    let own = try zip(inputs, evaluation.logits).map {
      try network.leavingOut($0.ignored, of: kind.comparable($1, classCount: network.classCount))
    }
    var (difference, greatest, cosines) = (0.0, Double.leastNormalMagnitude, 0.0)
    for (ours, theirs) in zip(own, outputs) {
      difference = max(difference, try ours.subtracting(theirs).absolute().applying("max").item())
      greatest = max(greatest, try theirs.absolute().applying("max").item())
      cosines += try OutputFidelity.cosines(ours, theirs).sum().item()
    }
    largestDifference = difference / greatest
    cosine = cosines / Double(max(1, inputs.reduce(0) { $0 + $1.count }))
    guard network.objective == .classes else {
      (top1, equalPredictions) = (.nan, .nan)
      return
    }
    let judged = try Evaluation(logits: outputs, labels: labels, classCount: network.classCount)
    top1 = judged.top1
    equalPredictions = judged.agreement(with: evaluation)
  }

  /// Runs a file where ONNX Runtime was found; that it was not is said as a notice.
  ///
  /// - Throws: `FileError` where ONNX Runtime fails on the file.
  public static func ifPossible(
    file: String, network: Network, inputs: [Inputs], labels: [Int], own evaluation: Evaluation,
    context: WorkContext
  ) throws -> Judgement? {
    guard ONNXRuntimeJudge() != nil else {
      context.notice("\(ONNXRuntimeJudge.notFound); the file was not run in it")
      return nil
    }
    return try Judgement(
      file: file, network: network, inputs: inputs, labels: labels, own: evaluation, threads: context.threads)
  }
}
