extension UnaryPrimitive {
  /// The least element.
  public static let minimum: Self = .init(
    "to_min",
    PrimitiveDefinition("min x"),
    .moments { x, _ in x.minimum },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, ofNumber: { $0 }))
}
