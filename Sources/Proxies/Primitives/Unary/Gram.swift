import Torch

extension UnaryPrimitive {
  /// The products of each row with each.
  public static let gram: Self = .init(
    "row_products",
    PrimitiveDefinition("X Xᵀ of the rows"),
    .rowPairs { x in try x.joined { try x.matrix($0).rowProducts() } },
    number: { $0 * $0 },
    facts: UnaryFacts(
      sign: .nonNegativeWhereOperandIs, symmetry: .operand,
      ofNumber: { UnaryPrimitive.square.simplified(of: $0) }),
    mean: .ofRowProducts)
}
