import Foundation

/// How values are distributed, as bars of text.
public struct Histogram: Sendable {
  /// The values, in no order.
  public let values: [Double]
  /// How many bars.
  public let binCount: Int

  /// Makes a histogram.
  public init(_ values: [Double], binCount: Int = 12) {
    self.values = values
    self.binCount = max(1, binCount)
  }

  /// How many values lie in each of the bins, which split the range evenly.
  public var counts: [Int] {
    guard let least = values.min(), let greatest = values.max() else { return [] }
    var counts = [Int](repeating: 0, count: binCount)
    let width = (greatest - least) / Double(binCount)
    for value in values { counts[width > 0 ? min(binCount - 1, Int((value - least) / width)) : 0] += 1 }
    return counts
  }

  /// A line a bin: its range, a bar, the count.
  public func rendered(decimals: Int = 1) -> String {
    guard let least = values.min(), let greatest = values.max() else { return "" }
    let counts = counts
    let highest = counts.max() ?? 1
    let width = (greatest - least) / Double(binCount)
    return counts.enumerated().map { index, count in
      let low = String(format: "%.\(decimals)f", least + Double(index) * width)
      let high = String(format: "%.\(decimals)f", least + Double(index + 1) * width)
      let bar = String(repeating: "█", count: count * 40 / max(1, highest))
      return "\(low) – \(high)  \(bar) \(count)"
    }.joined(separator: "\n")
  }
}
