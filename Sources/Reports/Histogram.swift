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

  /// A part of the range of values.
  public struct Bin: Sendable, Equatable {
    /// Where it begins.
    public let lower: Double
    /// Where it ends.
    public let upper: Double
    /// How many values lie in it.
    public var count: Int
  }

  /// The bins, which split the range evenly; none where there are no values.
  public var bins: [Bin] {
    guard let least = values.min(), let greatest = values.max() else { return [] }
    let width = (greatest - least) / Double(binCount)
    var bins = (0..<binCount).map {
      Bin(lower: least + Double($0) * width, upper: least + Double($0 + 1) * width, count: 0)
    }
    for value in values { bins[width > 0 ? min(binCount - 1, Int((value - least) / width)) : 0].count += 1 }
    return bins
  }

  /// How many values lie in each of the bins.
  public var counts: [Int] { bins.map(\.count) }

  /// A line a bin: its range, a bar, the count.
  ///
  /// - Parameter width: characters that a line of the terminal holds; nil for any number.
  public func rendered(decimals: Int = 1, width: Int? = nil) -> String {
    let bins = bins
    let highest = bins.map(\.count).max() ?? 1
    let ranges = bins.map { bin in
      [bin.lower, bin.upper].map { String(format: "%.\(decimals)f", $0) }.joined(separator: " – ") + "  "
    }
    let others = (ranges.map(\.count).max() ?? 0) + 1 + String(highest).count
    let length = min(40, max(1, (width ?? .max) - others))
    return zip(ranges, bins).map { range, bin in
      "\(range)\(String(repeating: "█", count: bin.count * length / max(1, highest))) \(bin.count)"
    }.joined(separator: "\n")
  }
}
