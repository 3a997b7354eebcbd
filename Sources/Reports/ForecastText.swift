import Compression
import Foundation

extension CompressionForecast {
  /// What a compression is going to take, in a line; nil where that is not worth one.
  ///
  /// - Parameter least: seconds below which there is none.
  public func text(least: Double = 60) -> String? {
    guard seconds >= least else { return nil }
    let parts = stages.filter { $0.seconds >= 1 }.map {
      "\($0.name) \(ProgressEstimate.duration($0.seconds))"
    }
    let memory = String(format: "%.1f GiB", bytes / Double(1 << 30))
    let isScarce = bytes > Double(ProcessInfo.processInfo.physicalMemory)
    return
      "about \(ProgressEstimate.duration(seconds)) and \(memory)\(isScarce ? ", more than this machine has," : "") on \(threads) thread\(threads == 1 ? "" : "s") if nothing else runs: "
      + parts.joined(separator: ", ")
  }
}
