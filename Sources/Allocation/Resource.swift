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
  public func described(_ amount: Double) -> String {
    switch self {
    case .size: format(amount / 8 / 1_048_576, "MiB")
    case .activationMemory: format(amount / 8 / 1024, "KiB of activations")
    case .bitOperations: format(amount / 1e9, "G BitOps")
    case .latency: format(amount, "ms")
    }
  }

  private func format(_ value: Double, _ unit: String) -> String {
    // Four digits that count, however small the network is.
    let rounded = value >= 1000 ? "\(Int(value.rounded()))" : value.formattedShort
    return "\(rounded) \(unit)"
  }
}

extension Double {
  /// Four significant digits without an exponent.
  fileprivate var formattedShort: String {
    guard self != 0, isFinite else { return "0" }
    let magnitude = abs(self)
    var (decimals, limit) = (4, 0.1)
    while magnitude < limit, decimals < 9 { (decimals, limit) = (decimals + 1, limit / 10) }
    let factor = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
    return "\((self * factor).rounded() / factor)"
  }
}
