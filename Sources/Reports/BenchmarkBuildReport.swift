import Foundation
import Foundations

/// What measuring configurations came to.
public struct BenchmarkBuildReport: Report {
  private let output: String
  private let configurations: Int
  private let floatTop1, seconds: Double
  @Nullable private var measuringSeconds: Double?
  @Nullable private var imagesPerSecond: Double?
  private let unit: ExampleUnit

  private enum CodingKeys: String, CodingKey {
    case output, configurations, floatTop1, seconds, measuringSeconds, imagesPerSecond
  }

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - measuringSeconds: those of what this process measured; nil where that is less than two configurations.
  ///   - imagesPerSecond: of what this process measured.
  ///   - unit: what is measured on.
  public init(
    output: String, configurations: Int, floatTop1: Double, seconds: Double, measuringSeconds: Double?,
    imagesPerSecond: Double?, unit: ExampleUnit
  ) {
    self.output = output
    self.configurations = configurations
    self.floatTop1 = floatTop1
    self.seconds = seconds
    self.measuringSeconds = measuringSeconds
    self.imagesPerSecond = imagesPerSecond
    self.unit = unit
  }

  /// A line.
  public func text(width: Int?) -> String {
    let speed = imagesPerSecond.map { String(format: ", %.0f %@ a second", $0, unit.plural) } ?? ""
    return "\(output): \(configurations) configurations in \(String(format: "%.1f", seconds)) s\(speed)"
  }
}

/// Where a benchmark was copied to.
public struct BenchmarkCopyReport: Report {
  private let output: String
  private let configurations: Int

  /// Makes a report.
  public init(output: String, configurations: Int) {
    self.output = output
    self.configurations = configurations
  }

  /// A line.
  public func text(width: Int?) -> String { "\(output): \(configurations) configurations" }
}
