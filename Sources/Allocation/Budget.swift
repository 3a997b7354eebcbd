import Foundation
import Support

/// A bound on the size of a network's weights.
public enum Budget: Sendable, Equatable, CustomStringConvertible {
  /// A share of the size with 32-bit weights, in percent.
  case percent(Double)
  /// Bytes.
  case bytes(Double)
  /// The size of the configuration with so many bits in every layer but the first and last, which keep 8.
  case bits(Double)

  /// Reads `25%`, `1.5MiB` (KiB, MB, KB and B too) or `3bits`.
  ///
  /// - Throws: ``AllocationError`` listing these forms.
  public init(parsing text: String) throws {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).trimmingCharacters(in: .whitespaces).lowercased()
    let units: [String: Double] = ["b": 1, "kb": 1e3, "mb": 1e6, "kib": 1024, "mib": 1_048_576]
    guard let value = Double(number), value > 0, value.isFinite else { throw Self.unreadable(text) }
    switch unit {
    case "%": self = .percent(value)
    case "bit", "bits": self = .bits(value)
    default:
      guard let factor = units[unit] else { throw Self.unreadable(text) }
      self = .bytes(value * factor)
    }
  }

  private static func unreadable(_ text: String) -> AllocationError {
    AllocationError(
      "budget '\(text)': a positive number with a unit is needed, such as 25% (of the float size), 1.5MiB or 3bits",
      kind: .usage)
  }

  /// The text form.
  public var description: String {
    switch self {
    case .percent(let value): "\(value)%"
    case .bytes(let value): "\(value / 1_048_576)MiB"
    case .bits(let value): "\(value)bits"
    }
  }

  /// The bound in bits for a network.
  public func sizeInBits(_ costs: CostModel) -> Int {
    switch self {
    case .percent(let value): return Int((Double(costs.floatSizeInBits) * value / 100).rounded(.down))
    case .bytes(let value): return Int((value * 8).rounded(.down))
    case .bits(let value):
      let fixed = costs.sizeInBits(costs.uniform(0))
      let free = costs.sizeInBits(costs.uniform(1)) - fixed
      return fixed + Int((Double(free) * value).rounded(.down))
    }
  }
}
