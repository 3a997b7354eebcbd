extension UnaryPrimitive {
  /// The sum.
  public static let sum: Self = .init(
    "to_sum",
    PrimitiveDefinition("Σx"),
    .moments { x, _ in x.sum },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, ofNumber: { $0 }),
    latex: { LaTeX("\\sum \($0.bound(.product))", .sum) })
}
