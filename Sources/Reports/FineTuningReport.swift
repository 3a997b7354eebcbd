import Foundation

/// What training a quantized network further came to.
public struct FineTuningReport: Report {
  private let output: String
  private let fileMib: Double
  private let epochs, steps: Int
  @Nullable private var loss: Double?
  @Nullable private var floatTop1: Double?
  @Nullable private var startTop1: Double?
  @Nullable private var top1: Double?
  private let seconds: Double

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - loss: of the last epoch.
  ///   - accuracies: of the float network, the quantized one before training, and after it, 0 to 1; nil where there are no
  ///     test images.
  public init(
    output: String, fileBytes: Int, epochs: Int, steps: Int, loss: Double,
    accuracies: (float: Double, start: Double, end: Double)?, seconds: Double
  ) {
    self.output = output
    fileMib = Double(fileBytes) / 1_048_576
    self.epochs = epochs
    self.steps = steps
    self.loss = loss
    floatTop1 = accuracies?.float
    startTop1 = accuracies?.start
    top1 = accuracies?.end
    self.seconds = seconds
  }

  /// A line, and the accuracies.
  public func text(width: Int?) -> String {
    let line = "\(output): \(epochs) epochs, \(steps) steps in \(Int(seconds)) s"
    guard let floatTop1, let startTop1, let top1 else { return line }
    var table = Table(columns: [("network", "network"), ("top-1 %", "top1")])
    for (name, value) in [("float", floatTop1), ("quantized", startTop1), ("finetuned", top1)] {
      table.append([.text(name), .number(100 * value, decimals: 2)])
    }
    return line + "\n" + table.rendered(width: width)
  }
}
