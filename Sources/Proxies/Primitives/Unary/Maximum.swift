extension UnaryPrimitive {
  /// The greatest element.
  public static let maximum: Self = .init(
    "to_max",
    PrimitiveDefinition("max x"),
    .moments { x, _ in x.maximum },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, ofNumber: { $0 }))
}
