import Allocation
import BitModel
import Compression
import Foundation
import Quantization
import Reports

/// What `emq compress` tells of its result.
struct CompressionReport {
  let file: BitsFile
  let score: Double
  let costs: CostModel
  let stored: StoredSize
  let fileBytes: Int
  let opset: Int
  let proof: CompressionProof
  let trials: [AccuracyDropSearch.Trial]
  let stages: StageSeconds
  /// Nil where what the proxy chose was taken as it is.
  let refinement: MeasuredRefinement.Outcome?

  private static let mebibyte = 1_048_576.0
  private var floatMiB: Double { Double(costs.floatSizeInBits) / 8 / Self.mebibyte }
  private var floatBitOperations: Double {
    costs.bitOperations(.float(count: costs.layers.count))
  }

  func json(output: String) throws -> JSONValue {
    var object = AllocationReport.json(file, score: score, costs: costs)
    object["output"] = .text(output)
    object["float_mib"] = .number(floatMiB)
    object["float_bitops_g"] = .number(floatBitOperations)
    object["stored_mib"] = stored.json
    object["file_mib"] = .number(Double(fileBytes) / Self.mebibyte)
    object["opset"] = .integer(opset)
    object["images"] = .integer(proof.images)
    object["labelled"] = .truth(proof.hasLabels)
    object["float_top1"] = .number(proof.float.top1)
    object["top1"] = .number(proof.simulated.top1)
    object["onnx_runtime_top1"] = proof.judgement.map { .number($0.top1) } ?? .null
    object["equal_predictions"] = proof.judgement.map { .number($0.equalPredictions) } ?? .null
    object["trials"] = .list(
      trials.map { .object(["size_mib": .number($0.sizeInMiB), "drop": .number($0.drop)]) })
    object["refinement"] =
      refinement.map {
        .object([
          "evaluations": .integer($0.evaluations), "before": .number($0.startDamage),
          "after": .number($0.damage),
        ])
      } ?? .null
    object["stages"] = .list(
      stages.stages.map { .object(["name": .text($0.name), "seconds": .number($0.seconds)]) })
    return .object(object)
  }

  func text(output: String, originalBytes: Int) throws -> String {
    var table = Table(columns: [("", "what"), ("float", "float"), ("quantized", "quantized"), ("", "ratio")])
    func row(_ what: String, _ float: Double, _ quantized: Double, decimals: Int) {
      table.append([
        .text(what), .number(float, decimals: decimals), .number(quantized, decimals: decimals),
        .text(String(format: "%.1f times less", float / max(quantized, .leastNormalMagnitude))),
      ])
    }
    row("weights at their bits, MiB", floatMiB, file.sizeMib, decimals: 4)
    row("file, MiB", Double(originalBytes) / Self.mebibyte, Double(fileBytes) / Self.mebibyte, decimals: 4)
    row("G BitOps", floatBitOperations, file.bitopsG, decimals: 3)
    let title = proof.hasLabels ? "top-1 %" : "predictions as the float network's, %"
    func accuracy(_ what: String, _ value: Double, _ note: String) {
      table.append([
        .text(what), .number(100 * proof.float.top1, decimals: 2), .number(100 * value, decimals: 2),
        .text(note),
      ])
    }
    let difference = String(
      format: "%+.2f ± %.2f", 100 * proof.difference.mean, 100 * proof.difference.standardError)
    accuracy("\(title), simulated", proof.simulated.top1, difference)
    if let judgement = proof.judgement {
      let equal = String(
        format: "%.2f %% predictions equal the simulated ones", 100 * judgement.equalPredictions)
      accuracy("\(title), ONNX Runtime", judgement.top1, equal)
    }
    var parts = [AllocationReport.bars(file).rendered(), table.rendered()]
    if !trials.isEmpty {
      var tried = Table(columns: [("MiB tried", "size_mib"), ("points lost on the validation half", "drop")])
      for trial in trials {
        tried.append([.number(trial.sizeInMiB, decimals: 4), .number(trial.drop, decimals: 2)])
      }
      parts.append(tried.rendered())
    }
    if let refinement {
      parts.append(
        String(
          format:
            "%d configurations measured: divergence of predictions %.4f as the proxy chose, %.4f at best",
          refinement.evaluations, refinement.startDamage, refinement.damage))
    }
    let seconds = stages.stages.map { String(format: "%@ %.1f s", $0.name, $0.seconds) }
    parts.append(
      """
      \(AllocationReport.summary(file, costs: costs))
      proven on \(proof.images) images (\(proof.origin)); \(seconds.joined(separator: ", "))
      \(output): opset \(opset), \(stored.described) (MiB)
      """)
    return parts.joined(separator: "\n\n")
  }
}
