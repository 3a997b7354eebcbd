import Foundation

/// What training a quantized network further came to.
public struct FineTuningReport: Report {
  /// The file that was written.
  public let output: String
  /// Its size in MiB.
  public let fileMib: Double
  /// Passes over the images.
  public let epochs: Int
  /// Steps in all.
  public let steps: Int
  /// The mean loss of the last epoch.
  @Nullable public private(set) var loss: Double?
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

  /// Accuracies of the float network, the quantized one before training, and after it; nil where they were not measured.
  public var accuracies: (float: Double, start: Double, end: Double)? {
    guard let floatTop1, let startTop1, let top1 else { return nil }
    return (floatTop1, startTop1, top1)
  }

  /// A line, and the accuracies.
  public func text(width: Int?) -> String {
    let line = "\(output): \(epochs) epochs, \(steps) steps in \(Int(seconds)) s"
    guard let accuracies else { return line }
    var table = Table(columns: [("network", "network"), ("top-1 %", "top1")])
    for (name, value) in [
      ("float", accuracies.float), ("quantized", accuracies.start), ("finetuned", accuracies.end),
    ] {
      table.append([.text(name), .number(100 * value, decimals: 2)])
    }
    return line + "\n" + table.rendered(width: width)
  }
}
