import Foundation
import ONNXRuntime

/// Times of files side by side.
public struct LatencyReport: Report {
  private struct Row: Encodable {
    let model: String
    let medianMs, lowMs, highMs, ratio: Double
    let runs, batch: Int
    let fileMib: Double
  }

  private let models: [Row]
  private let threads: Int

  /// Makes a report; ratios are to the first file.
  public init(_ measurements: [LatencyMeasurement], threads: Int) {
    let first = measurements.first?.median ?? .nan
    self.threads = threads
    models = measurements.map { measurement in
      Row(
        model: measurement.file, medianMs: measurement.median, lowMs: measurement.quantile(0.1),
        highMs: measurement.quantile(0.9), ratio: measurement.median / first,
        runs: measurement.milliseconds.count, batch: measurement.batch,
        fileMib: Double(measurement.fileBytes) / 1_048_576)
    }
  }

  /// A row for each file.
  public func text(width: Int?) -> String {
    var table = Table(columns: [
      ("model", "model"), ("median ms", "median_ms"), ("10 %", "low_ms"), ("90 %", "high_ms"),
      ("ratio", "ratio"), ("runs", "runs"), ("MiB", "file_mib"),
    ])
    for row in models {
      table.append([
        .text(row.model), .number(row.medianMs, decimals: 3), .number(row.lowMs, decimals: 3),
        .number(row.highMs, decimals: 3), .number(row.ratio, decimals: 3), .integer(row.runs),
        .number(row.fileMib, decimals: 4),
      ])
    }
    return table.rendered(width: width) + "\nONNX Runtime, \(threads) thread\(threads == 1 ? "" : "s")"
  }
}
