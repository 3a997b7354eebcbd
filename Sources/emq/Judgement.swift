import Foundation
import Network
import Torch

/// How ONNX Runtime's logits compare with this program's.
struct Judgement {
  let top1: Double
  let equalPredictions: Double
  let largestDifference: Double

  init(
    file: String, classCount: Int, images: [Tensor], labels: [Int], own evaluation: Evaluation, threads: Int
  ) throws {
    guard let judge = ONNXRuntimeJudge() else { throw ONNXRuntimeJudge.notFound }
    let logits = try judge.logits(
      model: file, images: images, classCount: classCount, threads: threads)
    let judged = try Evaluation(logits: [logits], labels: labels)
    top1 = judged.top1
    let equal = zip(judged.predictions, evaluation.predictions).count { $0 == $1 }
    equalPredictions = Double(equal) / Double(max(1, judged.predictions.count))
    let own = try Tensor.concatenated(evaluation.logits, dimension: 0)
    let difference = try own.subtracting(logits).absolute().applying("max").item()
    largestDifference = difference / max(try logits.absolute().applying("max").item(), .leastNormalMagnitude)
  }
}
