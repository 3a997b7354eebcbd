import Foundations
import Network
import ONNXRuntime
import Quantization
import RankStatistics
import Torch

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
  /// What ONNX Runtime makes of them; nil where it was not found, or failed and that is allowed.
  public let judgement: Judgement?
  /// The task's own measure of the float network, the simulated one and, where it ran, ONNX Runtime; nil without.
  public let metric: (float: Double, simulated: Double, judged: Double?)?

  /// Measures a quantized network and its file.
  ///
  /// - Parameters:
  ///   - compression: what it was made in.
  ///   - quantized: the quantized network.
  ///   - file: where the file lies.
  ///   - finalPath: where it is to lie, for messages; nil where it lies there.
  ///   - allowsFailure: whether a failure of ONNX Runtime is passed over with a notice.
  /// - Throws: ``ProofError`` with what ONNX Runtime said.
  public init(
    _ compression: Compression, _ quantized: QuantizedNetwork, file: String, finalPath: String? = nil,
    allowsFailure: Bool = false
  ) throws {
    let (proof, context, finalPath) = (compression.images.proof, compression.context, finalPath ?? file)
    images = proof.count
    network = compression.workload.network
    unit = proof.dataset.unit
    origin = compression.images.origin
    hasLabels = compression.images.hasLabels
    float = try compression.floatEvaluation(on: proof)
    simulated = try compression.evaluation(of: quantized, on: proof)
    if hasLabels { context.noticeGuessing(float, of: compression.workload.network, on: origin) }
    do {
      judgement = try Judgement.ifPossible(
        file: file, network: compression.workload.network, inputs: proof.batches, labels: proof.labels,
        own: simulated, context: context)
    } catch let error as FileError {
      let reason = error.description.replacing("\(file): ", with: "").replacing(file, with: finalPath)
      guard allowsFailure else {
        throw ProofError(
          kind: error.kind, description: "\(finalPath): not written, as its proof failed: \(reason)")
      }
      context.notice("the file was not proven: \(reason)")
      judgement = nil
    }
    let outputs = (float.logits, simulated.logits, judgement?.outputs)
    metric = try compression.metric.map { metric in
      func value(_ outputs: [Tensor]) throws -> Double {
        try metric.value(
          of: outputs, network: compression.workload.network, dataset: proof.dataset, context: context)
      }
      return (try value(outputs.0), try value(outputs.1), try outputs.2.map(value))
    }
  }

  private let network: Network

  /// How like the simulated network's outputs are to the float network's.
  public func fidelity() throws -> [OutputFidelity] {
    try OutputFidelity.of(simulated.logits, references: float.logits, network: network)
  }

  /// How like ONNX Runtime's outputs are to the float network's; nil where it did not run.
  public func judgedFidelity() throws -> [OutputFidelity]? {
    try judgement.map { try OutputFidelity.of($0.outputs, references: float.logits, network: network) }
  }

  /// What messages call an example of the proof.
  public let unit: ExampleUnit

  /// Top-1 of the file: in ONNX Runtime where that is there.
  public var top1: Double { judgement?.top1 ?? simulated.top1 }

  /// The share of images with the float network's prediction, 0 to 1.
  public var agreement: Double { simulated.agreement(with: float) }

  /// How the quantized network differs from the float one on the same images.
  public var difference: PairedDifference {
    PairedDifference(simulated.exampleShares, float.exampleShares)
  }
}

/// A file that ONNX Runtime cannot run, so that nothing is known of what it computes.
public struct ProofError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// Which file, and what ONNX Runtime said.
  public let description: String
}
