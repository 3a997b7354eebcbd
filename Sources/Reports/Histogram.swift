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
  ///
  /// - Parameter width: characters that a line of the terminal holds; nil for any number.
  public func rendered(decimals: Int = 1, width: Int? = nil) -> String {
    guard let least = values.min(), let greatest = values.max() else { return "" }
    let counts = counts
    let highest = counts.max() ?? 1
    let step = (greatest - least) / Double(binCount)
    let ranges = counts.indices.map { index in
      let bounds = [index, index + 1].map { String(format: "%.\(decimals)f", least + Double($0) * step) }
      return "\(bounds[0]) – \(bounds[1])  "
    }
    let others = (ranges.map(\.count).max() ?? 0) + 1 + String(highest).count
    let length = min(40, max(1, (width ?? .max) - others))
    return zip(ranges, counts).map { range, count in
      "\(range)\(String(repeating: "█", count: count * length / max(1, highest))) \(count)"
    }.joined(separator: "\n")
  }
}
