import Foundation

/// How the range of a layer's input is found from what entered it on the calibration images.
public enum Calibration: String, Sendable, Codable, CaseIterable {
  /// The least and greatest value.
  case minmax
  /// The values that 0.01 % lie beyond, on each side.
  case percentile
  /// The share of the full range with the least squared error of rounding to the grid.
  case mse
  /// The share of the full range whose rounded histogram is nearest to the histogram by Kullback-Leibler divergence
  /// (Migacz, "8-bit Inference with TensorRT", 2017).
  case entropy
}

/// The range that a layer's input covered on the calibration images.
public struct ActivationRange: Sendable, Equatable {
  /// The least value.
  public var lowest: Double
  /// The greatest value.
  public var highest: Double

  /// Makes a range.
  public init(lowest: Double, highest: Double) {
    self.lowest = lowest
    self.highest = highest
  }
}

/// How often a layer's input took which values.
public struct ActivationHistogram: Sendable, Equatable {
  /// Bins of equal width.
  public static let binCount = 2048
  /// The least and greatest value.
  public let range: ActivationRange
  /// Values in each bin; empty where only the range is known.
  public let counts: [Double]

  /// Makes a histogram.
  public init(range: ActivationRange, counts: [Double]) {
    self.range = range
    self.counts = counts
  }

  /// The range for a grid of some bits.
  public func range(_ calibration: Calibration, bits: Int) -> ActivationRange {
    guard calibration != .minmax, range.highest > range.lowest, counts.reduce(0, +) > 0 else { return range }
    switch calibration {
    case .minmax: return range
    case .percentile: return percentileRange(cutOff: 1e-4)
    case .mse: return best { squaredError($0, bits: bits) }
    case .entropy: return best { divergence($0, bits: bits) }
    }
  }

  /// The grid of some bits over that range.
  func grid(_ calibration: Calibration, bits: Int) -> ActivationQuantizer {
    let range = range(calibration, bits: bits)
    return ActivationQuantizer(lowest: range.lowest, highest: range.highest, bits: bits)
  }

  private var width: Double { (range.highest - range.lowest) / Double(counts.count) }
  private func center(_ bin: Int) -> Double { range.lowest + (Double(bin) + 0.5) * width }

  private func percentileRange(cutOff: Double) -> ActivationRange {
    let allowed = cutOff * counts.reduce(0, +)
    func bins(_ indices: some Sequence<Int>) -> Int {
      var sum = 0.0
      var passed = 0
      for index in indices {
        sum += counts[index]
        if sum > allowed { break }
        passed += 1
      }
      return passed
    }
    // A range that reaches 0 exactly, as after a ReLU, stays there.
    let low = range.lowest + Double(bins(counts.indices)) * width
    let high = range.highest - Double(bins(counts.indices.reversed())) * width
    return ActivationRange(
      lowest: range.lowest >= 0 ? range.lowest : low, highest: range.highest <= 0 ? range.highest : high)
  }

  private func best(_ cost: (ActivationRange) -> Double) -> ActivationRange {
    var result = (range: range, cost: Double.infinity)
    for share in stride(from: 1.0, to: 0.2, by: -0.01) {
      let candidate = ActivationRange(lowest: share * range.lowest, highest: share * range.highest)
      let value = cost(candidate)
      if value < result.cost { result = (candidate, value) }
    }
    return result.range
  }

  private func squaredError(_ candidate: ActivationRange, bits: Int) -> Double {
    let grid = ActivationQuantizer(lowest: candidate.lowest, highest: candidate.highest, bits: bits)
    var sum = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = center(bin)
      let error = grid.value(value) - value
      sum += count * error * error
    }
    return sum
  }

  private func divergence(_ candidate: ActivationRange, bits: Int) -> Double {
    let grid = ActivationQuantizer(lowest: candidate.lowest, highest: candidate.highest, bits: bits)
    // What lies outside counts as the outermost bin inside; each level's mass is spread over its bins in use.
    let low = min(candidate.lowest, 0)
    let high = max(candidate.highest, 0)
    let first = max(0, min(counts.count - 1, Int(((low - range.lowest) / width).rounded(.down))))
    let last = max(first, min(counts.count - 1, Int(((high - range.lowest) / width).rounded(.up)) - 1))
    var clipped = Array(counts[first...last])
    clipped[0] += counts[..<first].reduce(0, +)
    clipped[clipped.count - 1] += counts[(last + 1)...].reduce(0, +)
    var mass = [Double](repeating: 0, count: 1 << bits)
    var used = [Int](repeating: 0, count: 1 << bits)
    let levels = (first...last).map { grid.level(center($0)) }
    for (offset, level) in levels.enumerated() where counts[first + offset] > 0 {
      mass[level] += counts[first + offset]
      used[level] += 1
    }
    let total = clipped.reduce(0, +)
    let kept = mass.reduce(0, +)
    var sum = 0.0
    for (offset, level) in levels.enumerated() where clipped[offset] > 0 {
      let p = clipped[offset] / total
      let q = counts[first + offset] > 0 ? mass[level] / Double(used[level]) / kept : 0
      sum += p * log(p / max(q, 1e-12))
    }
    return sum
  }
}
