extension BinaryPrimitive {
  /// Whether elements are less than the other operand's.
  public static let lesser: Self = .init(
    "lesser",
    PrimitiveDefinition("1 where x < y, 0 elsewhere"),
    .elementwise { try $0.compared("lt", with: $1) },
    number: { $0 < $1 ? 1 : 0 },
    facts: BinaryFacts(sign: .nonNegative, constancy: .ofEqualOperands),
    latex: { LaTeX("\\left[\($0.text) < \($1.text)\\right]", .atom) })
}
