import BitModel
import Foundation

/// A bound on what a quantized network takes.
public struct Budget: Sendable, Equatable, CustomStringConvertible {
  /// How a bound is given.
  public enum Amount: Sendable, Equatable {
    /// A share of what the float network takes, or, for a latency, the slowest choices; in percent.
    case percent(Double)
    /// In the resource's own unit: bits, operations or milliseconds.
    case absolute(Double)
    /// What the configuration with so many bits in every free layer takes; sizes only.
    case bits(Double)
  }

  /// What is bounded.
  public let resource: Resource
  /// By how much.
  public let amount: Amount
  /// The text form.
  public let description: String

  /// Makes a bound in the resource's own unit.
  public init(_ resource: Resource, _ bound: Double) {
    self.resource = resource
    amount = .absolute(bound)
    description = resource.described(bound)
  }

  /// Reads a budget: `25%`, `1.5MiB` (KiB, MB, KB and B too) or `3bits` for the weights' size, `bitops=0.5G`,
  /// `activations=48KiB` or `latency=2.5ms`; each of these also as a share, such as `bitops=5%`.
  ///
  /// - Throws: ``AllocationError`` listing these forms.
  public init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard let value = parts.last,
      let resource = parts.count == 1 ? Resource.size : Resource(rawValue: parts[0].lowercased())
    else { throw Self.unreadable(text) }
    let number = value.prefix { $0.isNumber || $0 == "." }
    let unit = value.dropFirst(number.count).trimmingCharacters(in: .whitespaces).lowercased()
    guard let count = Double(number), count > 0, count.isFinite else { throw Self.unreadable(text) }
    let bytes: [String: Double] = [
      "b": 8, "kb": 8e3, "mb": 8e6, "kib": 8 * 1024, "mib": 8 * 1_048_576, "gib": 8 * 1_073_741_824,
    ]
    switch (resource, unit) {
    case (_, "%"): amount = .percent(count)
    case (.size, "bit"), (.size, "bits"): amount = .bits(count)
    case (.size, _), (.activationMemory, _):
      guard let factor = bytes[unit] else { throw Self.unreadable(text) }
      amount = .absolute(count * factor)
    case (.bitOperations, _):
      let factors: [String: Double] = ["": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12]
      guard let factor = factors[unit] else { throw Self.unreadable(text) }
      amount = .absolute(count * factor)
    case (.latency, _):
      let factors: [String: Double] = ["us": 1e-3, "ms": 1, "s": 1e3]
      guard let factor = factors[unit] else { throw Self.unreadable(text) }
      amount = .absolute(count * factor)
    }
    self.resource = resource
    description = text.trimmingCharacters(in: .whitespaces)
  }

  private static func unreadable(_ text: String) -> AllocationError {
    AllocationError(
      "budget '\(text)': a positive number with a unit is needed: 25% (of the float size), 1.5MiB or 3bits for the"
        + " weights, or bitops=0.5G, activations=48KiB, latency=2.5ms", kind: .usage)
  }

  /// The bound in the resource's own unit.
  ///
  /// - Throws: ``AllocationError`` where the network's costs do not say what the resource takes.
  public func bound(in space: AllocationSpace) throws -> Double {
    switch amount {
    case .absolute(let value): return value.rounded(.down, unless: resource == .latency)
    case .percent(let value):
      return (try space.costs.reference(resource) * value / 100).rounded(.down, unless: resource == .latency)
    case .bits(let value):
      let (fixed, free) = space.sizes
      return Double(fixed) + (Double(free) * value).rounded(.down)
    }
  }
}

extension Double {
  fileprivate func rounded(_ rule: FloatingPointRoundingRule, unless isExempt: Bool) -> Double {
    isExempt ? self : rounded(rule)
  }
}
