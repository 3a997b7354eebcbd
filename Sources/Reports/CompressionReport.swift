import Allocation
import BitModel
import Compression
import Foundation
import ONNXRuntime
import Quantization

/// What compressing a network came to.
public struct CompressionReport: Report {
  private enum CodingKeys: String, CodingKey {
    case floatMib, floatBitopsG, storedMib, fileMib, opset, images, labelled, floatTop1, top1
    case agreement, onnxRuntimeTop1, equalPredictions, metric, fidelity, onnxRuntimeCosine, unproven, trials,
      refinement,
      correction, execution, stages
  }

  private struct Trial: Encodable {
    let sizeMib, drop: Double
  }

  private struct Refinement: Encodable {
    let evaluations: Int
    let before, after: Double
  }

  private struct CorrectionTrial: Encodable {
    let correction: String
    @Nullable var divergence: Double?
  }

  private struct Correction: Encodable {
    let kept: String
    let measured: [CorrectionTrial]
  }

  private struct Metric: Encodable {
    let float, simulated: Double
    @Nullable var onnxRuntime: Double?
  }

  private struct Stage: Encodable {
    let name: String
    let seconds: Double
  }

  private let allocation: AllocationReport
  private let proof: CompressionProof
  private let stored: StoredSize
  private let originalBytes: Int
  private let floatMib, floatBitopsG, fileMib, sizeMib, bitopsG: Double
  private let storedMib: StoredSizeReport
  private let opset, images: Int
  private let labelled: Bool
  @Nullable private var floatTop1: Double?
  @Nullable private var top1: Double?
  @Nullable private var agreement: Double?
  @Nullable private var onnxRuntimeTop1: Double?
  @Nullable private var equalPredictions: Double?
  private let metric: Metric?
  private let fidelity: [FidelityReport]?
  private let judgedFidelity: [FidelityReport]
  private let unproven: String?
  private let trials: [Trial]
  @Nullable private var refinement: Refinement?
  private let correction: Correction
  private let correctionText: String
  private let stages: [Stage]
  @Nullable private var execution: ExecutionReport?

  private static let mebibyte = 1_048_576.0

  /// What each stage took.
  public var stageSeconds: [(name: String, seconds: Double)] { stages.map { ($0.name, $0.seconds) } }

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - file: the bits.
  ///   - originalBytes: the size of the float model's file.
  ///   - fileBytes: the size of the quantized model's file.
  ///   - execution: how ONNX Runtime runs it; nil where that was not there.
  public init(
    _ result: CompressionPipeline.Result, file: BitsFile, costs: CostModel, stages: StageSeconds,
    originalBytes: Int, fileBytes: Int, execution: Execution? = nil, output: String
  ) throws {
    allocation = AllocationReport(file, score: result.allocation.score, costs: costs, output: output)
    proof = result.proof
    stored = try StoredSize(result.model)
    storedMib = StoredSizeReport(stored)
    self.originalBytes = originalBytes
    floatMib = Double(costs.floatSizeInBits) / 8 / Self.mebibyte
    floatBitopsG = costs.bitOperations(.float(count: costs.layers.count))
    let bits = BitConfiguration(file.layers.map(\.bits))
    sizeMib = costs.sizeInMiB(bits)
    bitopsG = costs.bitOperations(bits)
    fileMib = Double(fileBytes) / Self.mebibyte
    opset = result.model.opset
    images = proof.images
    labelled = proof.hasLabels
    floatTop1 = proof.float.top1
    top1 = proof.simulated.top1
    agreement = proof.simulated.predictions.isEmpty ? nil : proof.agreement
    metric = proof.metric.map { Metric(float: $0.float, simulated: $0.simulated, onnxRuntime: $0.judged) }
    let hasClasses = !proof.simulated.predictions.isEmpty
    fidelity = hasClasses ? nil : try proof.fidelity().map { FidelityReport($0) }
    judgedFidelity = hasClasses ? [] : try (proof.judgedFidelity() ?? []).map { FidelityReport($0) }
    unproven =
      hasClasses || proof.metric != nil
      ? nil : "what the task makes of these outputs is not known; --metric would measure it"
    onnxRuntimeTop1 = proof.judgement?.top1
    equalPredictions = proof.judgement?.equalPredictions
    trials = result.trials.map { Trial(sizeMib: $0.sizeInMiB, drop: $0.drop) }
    refinement = result.refinement.map {
      Refinement(evaluations: $0.evaluations, before: $0.startDivergence, after: $0.divergence)
    }
    correction = Correction(
      kept: result.correction.kept.rawValue,
      measured: result.correction.measured.map {
        CorrectionTrial(correction: $0.correction.rawValue, divergence: $0.divergence)
      })
    correctionText = result.correction.description
    let unit = result.proof.unit
    self.execution = execution.map { ExecutionReport($0, costs: costs, unit: unit) }
    self.stages = stages.stages.map { Stage(name: $0.name, seconds: $0.seconds) }
  }

  /// Writes the bits' keys and those of the proof into one object.
  public func encode(to encoder: any Encoder) throws {
    try allocation.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(floatMib, forKey: .floatMib)
    try container.encode(floatBitopsG, forKey: .floatBitopsG)
    try container.encode(storedMib, forKey: .storedMib)
    try container.encode(fileMib, forKey: .fileMib)
    try container.encode(opset, forKey: .opset)
    try container.encode(images, forKey: .images)
    try container.encode(labelled, forKey: .labelled)
    try container.encode(_floatTop1, forKey: .floatTop1)
    try container.encode(_top1, forKey: .top1)
    try container.encode(_agreement, forKey: .agreement)
    try container.encodeIfPresent(metric, forKey: .metric)
    try container.encodeIfPresent(fidelity, forKey: .fidelity)
    if fidelity != nil { try container.encodeIfPresent(proof.judgement?.cosine, forKey: .onnxRuntimeCosine) }
    try container.encodeIfPresent(unproven, forKey: .unproven)
    try container.encode(_onnxRuntimeTop1, forKey: .onnxRuntimeTop1)
    try container.encode(_equalPredictions, forKey: .equalPredictions)
    try container.encode(trials, forKey: .trials)
    try container.encode(_refinement, forKey: .refinement)
    try container.encode(correction, forKey: .correction)
    try container.encode(_execution, forKey: .execution)
    try container.encode(stages, forKey: .stages)
  }

  /// Bits, sizes, accuracies and seconds.
  public func text(width: Int?) -> String {
    var parts = [allocation.bars(width: width), sizes.rendered(width: width)]
    if !trials.isEmpty {
      var tried = Table(columns: [
        ("MiB tried", "size_mib"),
        (metric == nil ? "points lost on the validation half" : "lost on the validation half", "drop"),
      ])
      for trial in trials {
        tried.append([.number(trial.sizeMib, decimals: 4), .number(trial.drop, decimals: 2)])
      }
      parts.append(tried.rendered(width: width))
    }
    if let refinement {
      parts.append(
        String(
          format:
            "%d configurations measured: divergence of predictions %.4f as the proxy chose, %.4f at best",
          refinement.evaluations, refinement.before, refinement.after))
    }
    parts.append("divergence of predictions by correction: \(correctionText)")
    if let fidelity {
      parts.append(
        (fidelity.map { "simulated, to the float network: \($0.text)" }
          + judgedFidelity.map { "ONNX Runtime, to the float network: \($0.text)" }
          + (proof.judgement.map {
            [String(format: "ONNX Runtime, to the simulated network: cosine %.6f", $0.cosine)]
          }
            ?? [])
          + (unproven.map { [$0] } ?? [])).joined(separator: "\n"))
    }
    if let execution { parts.append(execution.text) }
    let seconds = stages.map { String(format: "%@ %.1f s", $0.name, $0.seconds) }
    parts.append(
      """
      \(allocation.summary)
      proven on \(proof.unit.counted(images)) (\(proof.origin)); \(seconds.joined(separator: ", "))
      \(allocation.output): opset \(opset), \(StoredSizeReport(stored).text) (MiB)
      """)
    return parts.joined(separator: "\n\n")
  }

  /// Sizes, BitOps and accuracies, float and quantized.
  public var sizes: Table {
    var table = Table(columns: [("", "what"), ("float", "float"), ("quantized", "quantized"), ("", "ratio")])
    func row(_ what: String, _ float: Double, _ quantized: Double, decimals: Int) {
      table.append([
        .text(what), .number(float, decimals: decimals), .number(quantized, decimals: decimals),
        .text(String(format: "%.1f times less", float / max(quantized, .leastNormalMagnitude))),
      ])
    }
    row("weights at their bits, MiB", floatMib, sizeMib, decimals: 4)
    row("file, MiB", Double(originalBytes) / Self.mebibyte, fileMib, decimals: 4)
    row("G BitOps", floatBitopsG, bitopsG, decimals: 3)
    if let metric {
      func measured(_ what: String, _ value: Double) {
        table.append([
          .text("metric, \(what)"), .number(metric.float, decimals: 4), .number(value, decimals: 4),
          .text(String(format: "%+.4f", value - metric.float)),
        ])
      }
      measured("simulated", metric.simulated)
      if let judged = metric.onnxRuntime { measured("ONNX Runtime", judged) }
    }
    guard let floatTop1, let top1, let agreement, floatTop1.isFinite else { return table }
    let title = labelled ? "top-1 %" : "predictions as the float network's, %"
    func accuracy(_ what: String, _ value: Double, _ note: String) {
      table.append([
        .text(what), .number(100 * floatTop1, decimals: 2), .number(100 * value, decimals: 2), .text(note),
      ])
    }
    let difference = proof.difference
    accuracy(
      "\(title), simulated", top1,
      String(format: "%+.2f ± %.2f", 100 * difference.mean, 100 * difference.standardError))
    if labelled {
      table.append([
        .text("predictions as float's, %"), .number(100, decimals: 2), .number(100 * agreement, decimals: 2),
        .text(""),
      ])
    }
    if let judgement = proof.judgement {
      accuracy(
        "\(title), ONNX Runtime", judgement.top1,
        String(format: "%.2f %% predictions equal the simulated ones", 100 * judgement.equalPredictions))
    }
    return table
  }
}
