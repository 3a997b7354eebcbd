import Foundation
import Foundations
import Network
import Quantization
import RankStatistics

/// What a compressed network makes of images that it was not chosen on, simulated and in ONNX Runtime.
struct CompressionProof {
  let images: Int
  let origin: String
  /// Whether classes are labels, not the float network's own.
  let hasLabels: Bool
  let float: Evaluation
  let simulated: Evaluation
  /// Nil where ONNX Runtime was not found.
  let judgement: Judgement?

  init(_ compression: Compression, _ quantized: QuantizedNetwork, file: String, threads: Int) throws {
    let (batches, labels) = (compression.images.proof.batches, compression.images.proofLabels)
    images = labels.count
    origin = compression.images.origin
    hasLabels = compression.images.hasLabels
    float = try compression.floatEvaluation(on: batches, labels: labels)
    simulated = try compression.evaluation(of: quantized, on: batches, labels: labels)
    guard ONNXRuntimeJudge() != nil else {
      Console.error("emq: \(ONNXRuntimeJudge.notFound); the file was not run in it")
      judgement = nil
      return
    }
    do {
      judgement = try Judgement(
        file: file, classCount: compression.network.classCount, images: batches, labels: labels,
        own: simulated, threads: threads)
    } catch let error as FileError {
      // The file is worth keeping where the Python beside it is what is broken.
      Console.error("emq: the file was not proven: \(error.description)")
      judgement = nil
    }
  }

  /// Top-1 of the file: in ONNX Runtime where that is there.
  var top1: Double { judgement?.top1 ?? simulated.top1 }

  /// How the quantized network differs from the float one on the same images.
  var difference: PairedDifference { PairedDifference(simulated.correct, float.correct) }
}
