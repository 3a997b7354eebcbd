extension UnaryPrimitive {
  /// The mean, by the name that EMQ has for it.
  public static let normalizedSum: Self = .init(
    "normalized_sum",
    PrimitiveDefinition("Σx / n"),
    .moments { x, count in x.sum / count },
    number: { $0 },
    facts: UnaryFacts(
      sign: .nonNegativeWhereOperandIs, mean: .kept, rewriting: { .unary(.mean, $0) }, ofNumber: { $0 }))
}
