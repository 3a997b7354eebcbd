import Foundation
import Network
import ONNXRuntime

/// What quantizing with given bits came to.
public struct QuantizationReport: Report {
  /// The file that was written.
  public var output: String
  /// The weights at their bits.
  public var sizeMib: Double
  /// The file.
  public var fileMib: Double
  /// The parts of the file.
  public var storedMib: StoredSizeReport
  /// The operator set.
  public var opset: Int
  /// Quantizable layers.
  public var layers: Int
  /// The float network's accuracy, 0 to 1; nil where it was not measured.
  @Nullable public var floatTop1: Double?
  /// The quantized network's.
  @Nullable public var top1: Double?
  /// The file's in ONNX Runtime; nil where that was not there.
  @Nullable public var onnxRuntimeTop1: Double?
  /// The share of images of which the simulated network and ONNX Runtime give the same class.
  @Nullable public var equalPredictions: Double?
  /// How like outputs are to the float network's; nil where they were not measured.
  @Nullable public var fidelity: [FidelityReport]?
  /// How ONNX Runtime runs the file; nil where that was not there.
  @Nullable public var execution: ExecutionReport?
  /// Seconds of rounding.
  public var roundingSeconds: Double
  /// Seconds of all.
  public var seconds: Double

  /// Makes a report.
  public init(
    output: String, sizeMib: Double, fileMib: Double, storedMib: StoredSizeReport, opset: Int, layers: Int,
    floatTop1: Double?, top1: Double?, judgement: Judgement?, fidelity: [OutputFidelity]? = nil,
    execution: ExecutionReport?,
    roundingSeconds: Double, seconds: Double
  ) {
    self.output = output
    self.sizeMib = sizeMib
    self.fileMib = fileMib
    self.storedMib = storedMib
    self.opset = opset
    self.layers = layers
    func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    self.floatTop1 = known(floatTop1)
    self.top1 = known(top1)
    onnxRuntimeTop1 = known(judgement?.top1)
    equalPredictions = known(judgement?.equalPredictions)
    self.fidelity = fidelity?.map { FidelityReport($0) }
    self.execution = execution
    self.roundingSeconds = roundingSeconds
    self.seconds = seconds
  }

  /// Sizes and accuracies.
  public func text(width: Int?) -> String {
    let execution = execution.map { "\n\($0.text)" } ?? ""
    let sizes =
      String(format: "%@: weights %.4f MiB at their bits, file %.4f MiB: ", output, sizeMib, fileMib)
      + storedMib.text + execution
    guard let top1, let floatTop1 else {
      return ([sizes] + (fidelity ?? []).map(\.text)).joined(separator: "\n")
    }
    let accuracies = String(format: "\ntop-1 %.2f %%, float %.2f %%", 100 * top1, 100 * floatTop1)
    guard let onnxRuntimeTop1, let equalPredictions else { return sizes + accuracies }
    return sizes + accuracies
      + String(
        format: ", ONNX Runtime %.2f %% (%.2f %% of predictions equal)", 100 * onnxRuntimeTop1,
        100 * equalPredictions)
  }
}
