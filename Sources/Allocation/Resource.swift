import BitModel
import Foundation

/// What a budget bounds: how amounts of it are written, and what bits take of it.
///
/// One value describes a resource whole, so another one is a value like these and a line in ``registered``:
///
///     extension Resource {
///       static let wideParameters = Resource(
///         name: "wide", units: ["": 1], display: Display(key: "wide_parameters", label: "wide parameters"),
///         example: "wide=100000",
///         cost: .sum(referenceBits: 8) { costs, layer, choice in
///           choice.weightBits > 4 ? Double(costs.model.layers[layer].parameters) : 0
///         })
///     }
///
/// Two resources of the same name are equal.
public struct Resource: Sendable {
  /// What bits take.
  public enum Cost: Sendable {
    /// A sum over layers of what a layer takes at its bits; 100 % is what so many bits of all weights and inputs take.
    case sum(
      referenceBits: Int,
      layer: @Sendable (_ costs: NetworkCosts, _ layer: Int, _ choice: BitChoice) throws -> Double)
    /// The greatest size, in bits, of the activations that are alive together; 100 % is what 32 bits take.
    case peak(@Sendable (_ costs: NetworkCosts) throws -> ActivationMemory)
  }

  /// How amounts are shown.
  public struct Display: Sendable {
    /// The column of tables and the key of files, with its unit, such as `size_mib`.
    public let key: String
    /// What stands after a number, such as `MiB`.
    public let label: String
    /// The amount that is shown as 1.
    public let factor: Double
    /// Decimals in tables.
    public let decimals: Int

    /// Makes a way to show amounts.
    public init(key: String, label: String, factor: Double = 1, decimals: Int = 3) {
      self.key = key
      self.label = label
      self.factor = factor
      self.decimals = decimals
    }
  }

  /// The name in budgets, such as `bitops` in `bitops=0.5G`.
  public let name: String
  /// The units of amounts by their lowercase text, as multiples of the resource's own unit.
  public let units: [String: Double]
  /// How amounts are shown.
  public let display: Display
  /// A budget of it, for messages.
  public let example: String
  /// Whether bits take whole numbers of its unit only, to which bounds are rounded down.
  public let isWhole: Bool
  /// What bits take.
  public let cost: Cost
  /// Whether the costs of a network say what bits take.
  public let isKnown: @Sendable (NetworkCosts) -> Bool
  /// What is taken where every free layer of a space has so many bits, which need be no whole number; nil for resources
  /// whose bounds are not given so.
  public let ofUniformBits: (@Sendable (_ space: AllocationSpace, _ bits: Double) -> Double)?

  /// Makes a resource.
  public init(
    name: String, units: [String: Double], display: Display, example: String, isWhole: Bool = false,
    cost: Cost, isKnown: @escaping @Sendable (NetworkCosts) -> Bool = { _ in true },
    ofUniformBits: (@Sendable (_ space: AllocationSpace, _ bits: Double) -> Double)? = nil
  ) {
    self.name = name
    self.units = units
    self.display = display
    self.example = example
    self.isWhole = isWhole
    self.cost = cost
    self.isKnown = isKnown
    self.ofUniformBits = ofUniformBits
  }

  /// Units of storage, as multiples of a bit.
  public static let storageUnits: [String: Double] = [
    "b": 8, "kb": 8e3, "mb": 8e6, "kib": 8 * 1024, "mib": 8 * 1_048_576, "gib": 8 * 1_073_741_824,
  ]

  /// An amount as people read it.
  ///
  /// - Parameters:
  ///   - amount: in the resource's own unit.
  ///   - rounding: how digits that are not shown are rounded, such as up for what is needed at least.
  public func described(
    _ amount: Double, rounding: FloatingPointRoundingRule = .toNearestOrEven
  ) -> String {
    let value = amount / display.factor
    let digits =
      value >= 1000 ? String(format: "%.0f", value.rounded(rounding)) : value.shortened(rounding)
    return "\(digits) \(display.label)"
  }
}

extension Resource: Hashable {
  /// Whether both have the same name.
  public static func == (left: Resource, right: Resource) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
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
