import Foundation

/// What training a network from nothing came to.
public struct TrainingReport: Report {
  private let epochs: Int
  @Nullable private var top1: Double?
  private let seconds: Double
  private let output: String

  /// Makes a report.
  ///
  /// - Parameter top1: the accuracy on test images, 0 to 1; nil without.
  public init(epochs: Int, top1: Double?, seconds: Double, output: String) {
    self.epochs = epochs
    self.top1 = top1
    self.seconds = seconds
    self.output = output
  }

  /// A line.
  public func text(width: Int?) -> String {
    let measured = top1.map { String(format: ", top-1 %.2f %%", 100 * $0) } ?? ""
    return "\(output): \(epochs) epochs in \(Int(seconds)) s\(measured)"
  }
}
