extension BinaryPrimitive {
  /// Whether elements are greater than the other operand's.
  public static let greater: Self = .init(
    "greater",
    PrimitiveDefinition("1 where x > y, 0 elsewhere"),
    .elementwise { try $0.compared("gt", with: $1) },
    number: { $0 > $1 ? 1 : 0 },
    facts: BinaryFacts(
      sign: .nonNegative, constancy: .ofEqualOperands,
      rewriting: { BinaryPrimitive.lesser.simplified(of: $1, $0) }),
    latex: { LaTeX("\\left[\($0.text) > \($1.text)\\right]", .atom) })
}
