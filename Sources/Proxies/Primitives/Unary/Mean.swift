extension UnaryPrimitive {
  /// The mean.
  public static let mean: Self = .init(
    "to_mean",
    PrimitiveDefinition("Σx / n"),
    .moments { x, count in x.sum / count },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, mean: .kept, ofNumber: { $0 }),
    latex: { LaTeX("\\overline{\($0.text)}", .atom) })
}
