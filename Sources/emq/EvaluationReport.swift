import Foundation
import Network
import ONNXRuntime
import Reports

/// What `emq evaluate` prints.
struct EvaluationReport {
  let evaluation: Evaluation
  let judgement: Judgement?
  /// Whether the figures that need labels are there.
  let hasLabels: Bool
  /// Images.
  let count: Int
  /// Seconds of forward passes.
  let seconds: Double

  private var standardError: Double {
    (evaluation.top1 * (1 - evaluation.top1) / Double(max(1, count))).squareRoot()
  }

  func json() throws -> JSONValue {
    func figure(_ value: Double) -> JSONValue { hasLabels ? .number(value) : .null }
    var object: [String: JSONValue] = [
      "top1": figure(evaluation.top1), "top5": figure(evaluation.top5), "loss": figure(evaluation.loss),
      "images": .integer(count), "seconds": .number(seconds), "standard_error": figure(standardError),
    ]
    if let judgement {
      object["onnx_runtime_top1"] = figure(judgement.top1)
      object["equal_predictions"] = .number(judgement.equalPredictions)
      object["largest_difference"] = .number(judgement.largestDifference)
    }
    return .object(object)
  }

  func text() -> String {
    func figure(_ value: Double, _ decimals: Int) -> Table.Cell {
      hasLabels ? .number(value, decimals: decimals) : .missing
    }
    var table = Table(columns: [
      ("top-1 %", "top1"), ("± se", "standard_error"), ("top-5 %", "top5"), ("loss", "loss"),
      ("images", "images"), ("seconds", "seconds"),
    ])
    table.append([
      figure(100 * evaluation.top1, 2), figure(100 * standardError, 2), figure(100 * evaluation.top5, 2),
      figure(evaluation.loss, 4), .integer(count), .number(seconds, decimals: 2),
    ])
    guard let judgement else { return table.rendered() }
    let top1 = hasLabels ? String(format: "top-1 %.2f %%, ", 100 * judgement.top1) : ""
    return table.rendered() + "\nONNX Runtime: \(top1)"
      + String(
        format: "%.2f %% equal predictions, largest difference %.1e", 100 * judgement.equalPredictions,
        judgement.largestDifference)
  }
}
