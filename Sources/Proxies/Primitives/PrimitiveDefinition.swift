/// What an operation does, for those who read a list of operations.
public struct PrimitiveDefinition: Sendable, Equatable {
  /// The formula, with x and y the operands, n their number of elements, and sums over all elements.
  public let formula: String
  /// Where it is defined.
  public let domain: String
  /// What comes out elsewhere.
  public let outside: String

  /// Makes a definition.
  public init(_ formula: String, domain: String = "all numbers", outside: String = "–") {
    self.formula = formula
    self.domain = domain
    self.outside = outside
  }
}
