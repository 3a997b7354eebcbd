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
  public func rendered(decimals: Int = 1) -> String {
    let bins = bins
    let highest = bins.map(\.count).max() ?? 1
    return bins.map { bin in
      let (low, high) = (
        String(format: "%.\(decimals)f", bin.lower), String(format: "%.\(decimals)f", bin.upper)
      )
      let bar = String(repeating: "█", count: bin.count * 40 / max(1, highest))
      return "\(low) – \(high)  \(bar) \(bin.count)"
    }.joined(separator: "\n")
  }
}
