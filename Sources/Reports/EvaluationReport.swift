import Foundation
import Foundations
import Network
import ONNXRuntime

/// What a network makes of images.
public struct EvaluationReport: Report {
  private struct Judged: Encodable {
    @Nullable var onnxRuntimeTop1: Double?
    @Nullable var equalPredictions: Double?
    let largestDifference, cosine: Double
  }

  private enum CodingKeys: String, CodingKey { case top1, top5, loss, standardError, metric, images, seconds }

  @Nullable private var top1: Double?
  @Nullable private var top5: Double?
  @Nullable private var loss: Double?
  @Nullable private var standardError: Double?
  private let metric: Double?
  private let images: Int
  private let unit: ExampleUnit
  private let seconds: Double
  private let judged: Judged?

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - judgement: what ONNX Runtime makes of them; nil where it was not asked.
  ///   - hasLabels: whether the figures that need labels are there.
  ///   - metric: the task's own measure; nil where none was asked for.
  ///   - unit: what the examples are.
  ///   - seconds: those of forward passes.
  public init(
    _ evaluation: Evaluation, judgement: Judgement?, hasLabels: Bool, metric: Double? = nil, images: Int,
    unit: ExampleUnit, seconds: Double
  ) {
    func known(_ value: Double) -> Double? { hasLabels ? value : nil }
    top1 = known(evaluation.top1)
    top5 = known(evaluation.top5)
    loss = known(evaluation.loss)
    standardError = known(evaluation.standardError)
    self.metric = metric
    self.images = images
    self.unit = unit
    self.seconds = seconds
    judged = judgement.map {
      Judged(
        onnxRuntimeTop1: hasLabels ? $0.top1 : nil,
        equalPredictions: $0.equalPredictions.isFinite ? $0.equalPredictions : nil,
        largestDifference: $0.largestDifference, cosine: $0.cosine)
    }
  }

  /// Writes what ONNX Runtime gives, where it was asked, into the same object.
  public func encode(to encoder: any Encoder) throws {
    try judged?.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(_top1, forKey: .top1)
    try container.encode(_top5, forKey: .top5)
    try container.encode(_loss, forKey: .loss)
    try container.encode(_standardError, forKey: .standardError)
    try container.encodeIfPresent(metric, forKey: .metric)
    try container.encode(images, forKey: .images)
    try container.encode(seconds, forKey: .seconds)
  }

  /// A row, and a line on ONNX Runtime.
  public func text(width: Int?) -> String {
    var table = Table(columns: [
      ("top-1 %", "top1"), ("± se", "standard_error"), ("top-5 %", "top5"), ("loss", "loss"),
      (unit.plural, "images"), ("seconds", "seconds"),
    ])
    table.append([
      Table.Cell(top1.map { 100 * $0 }, decimals: 2), Table.Cell(standardError.map { 100 * $0 }, decimals: 2),
      Table.Cell(top5.map { 100 * $0 }, decimals: 2), Table.Cell(loss, decimals: 4), .integer(images),
      .number(seconds, decimals: 2),
    ])
    var lines = [table.rendered(width: width)]
    if let metric { lines.append("metric: \(metric)") }
    if let judged {
      let top1 = judged.onnxRuntimeTop1.map { String(format: "top-1 %.2f %%, ", 100 * $0) } ?? ""
      let equal =
        judged.equalPredictions.map { String(format: "%.2f %% equal predictions", 100 * $0) }
        ?? String(format: "cosine %.6f", judged.cosine)
      lines.append(
        "ONNX Runtime: \(top1)\(equal)"
          + String(format: ", largest difference %.1e", judged.largestDifference))
    }
    return lines.joined(separator: "\n")
  }
}
