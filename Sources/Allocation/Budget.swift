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
  /// - Parameters:
  ///   - text: one of these forms.
  ///   - resources: what may be named; the first is meant where no name is given.
  /// - Throws: ``AllocationError`` listing these forms.
  public init(parsing text: String, resources: [Resource] = Resource.registered) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let named = parts.count == 1 ? resources.first : resources.first { $0.name == parts[0].lowercased() }
    guard let value = parts.last, let resource = named else { throw Self.unreadable(text, resources) }
    let number = value.prefix { $0.isNumber || $0 == "." }
    let unit = value.dropFirst(number.count).trimmingCharacters(in: .whitespaces).lowercased()
    guard let count = Double(number), count > 0, count.isFinite else {
      throw Self.unreadable(text, resources)
    }
    if unit == "%" {
      amount = .percent(count)
    } else if resource.ofUniformBits != nil, ["bit", "bits"].contains(unit) {
      amount = .bits(count)
    } else if let factor = resource.units[unit] {
      amount = .absolute(count * factor)
    } else {
      throw Self.unreadable(text, resources)
    }
    self.resource = resource
    description = text.trimmingCharacters(in: .whitespaces)
  }

  private static func unreadable(_ text: String, _ resources: [Resource]) -> AllocationError {
    let others = resources.dropFirst().map(\.example)
    let forms = [resources.first?.example ?? ""] + (others.isEmpty ? [] : [others.joined(separator: ", ")])
    return AllocationError(
      "budget '\(text)': a positive number with a unit is needed: \(forms.joined(separator: ", or "))",
      kind: .usage)
  }

  /// The bound in the resource's own unit.
  ///
  /// - Throws: ``AllocationError`` where the network's costs do not say what the resource takes.
  public func bound(in space: AllocationSpace) throws -> Double {
    let bound: Double
    switch amount {
    case .absolute(let value): bound = value
    case .percent(let value): bound = try space.costs.reference(resource) * value / 100
    case .bits(let value):
      guard let ofUniformBits = resource.ofUniformBits else {
        throw AllocationError("budget '\(self)': \(resource.name) has no bounds in bits", kind: .usage)
      }
      return ofUniformBits(space, value)
    }
    return resource.isWhole ? bound.rounded(.down) : bound
  }
}
