import Foundation

/// What a budget bounds.
public enum Resource: String, CaseIterable, Sendable, Codable {
  /// The weights' size at their nominal bits, in bits.
  case size
  /// Σ MACs · weight bits · activation bits.
  case bitOperations = "bitops"
  /// The greatest size of the activations that are alive at once for one image, in bits.
  case activationMemory = "activations"
  /// The sum of the layers' times in a table, in milliseconds.
  case latency

  /// An amount as people read it.
  ///
  /// - Parameter rounding: how digits that are not shown are rounded, such as up for what is needed at least.
  public func described(
    _ amount: Double, rounding: FloatingPointRoundingRule = .toNearestOrEven
  ) -> String {
    func format(_ value: Double, _ unit: String) -> String {
      "\(value >= 1000 ? String(format: "%.0f", value.rounded(rounding)) : value.shortened(rounding)) \(unit)"
    }
    return switch self {
    case .size: format(amount / 8 / 1_048_576, "MiB")
    case .activationMemory: format(amount / 8 / 1024, "KiB of activations")
    case .bitOperations: format(amount / 1e9, "G BitOps")
    case .latency: format(amount, "ms")
    }
  }
}

extension Double {
  /// Four digits that count, however small it is, without an exponent.
  fileprivate func shortened(_ rule: FloatingPointRoundingRule) -> String {
    guard self != 0, isFinite else { return "0" }
    let magnitude = abs(self)
    var (decimals, limit) = (4, 0.1)
    while magnitude < limit, decimals < 9 { (decimals, limit) = (decimals + 1, limit / 10) }
    let factor = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
    return "\((self * factor).rounded(rule) / factor)"
  }
}
