import Foundations
import Network
import ONNXRuntime
import Quantization
import RankStatistics

/// What a compressed network makes of images that it was not chosen on, simulated and in ONNX Runtime.
public struct CompressionProof: Sendable {
  /// How many images.
  public let images: Int
  /// Where they are from, in words.
  public let origin: String
  /// Whether classes are labels, not the float network's own.
  public let hasLabels: Bool
  /// What the float network makes of them.
  public let float: Evaluation
  /// What the simulated network makes of them.
  public let simulated: Evaluation
  /// What ONNX Runtime makes of them; nil where it was not found.
  public let judgement: Judgement?

  /// Measures a quantized network and its file.
  public init(_ compression: Compression, _ quantized: QuantizedNetwork, file: String) throws {
    let (proof, context) = (compression.images.proof, compression.context)
    images = proof.labels.count
    origin = compression.images.origin
    hasLabels = compression.images.hasLabels
    float = try compression.floatEvaluation(on: proof)
    simulated = try compression.evaluation(of: quantized, on: proof)
    guard ONNXRuntimeJudge() != nil else {
      context.notice("\(ONNXRuntimeJudge.notFound); the file was not run in it")
      judgement = nil
      return
    }
    do {
      judgement = try Judgement(
        file: file, classCount: compression.workload.network.classCount, images: proof.batches,
        labels: proof.labels, own: simulated, threads: context.threads)
    } catch let error as FileError {
      // The file is worth keeping where the Python beside it is what is broken.
      context.notice("the file was not proven: \(error.description)")
      judgement = nil
    }
  }

  /// Top-1 of the file: in ONNX Runtime where that is there.
  public var top1: Double { judgement?.top1 ?? simulated.top1 }

  /// How the quantized network differs from the float one on the same images.
  public var difference: PairedDifference { PairedDifference(simulated.correct, float.correct) }
}
