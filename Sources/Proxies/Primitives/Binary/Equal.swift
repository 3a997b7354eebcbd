extension BinaryPrimitive {
  /// Whether elements are equal.
  public static let equal: Self = .init(
    "equal",
    PrimitiveDefinition("1 where x = y, 0 elsewhere"),
    .elementwise { try $0.compared("eq", with: $1) },
    number: { $0 == $1 ? 1 : 0 },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative, constancy: .ofEqualOperands),
    latex: { LaTeX("\\left[\($0.text) = \($1.text)\\right]", .atom) })
}
