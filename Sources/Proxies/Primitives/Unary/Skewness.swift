extension UnaryPrimitive {
  /// The third standardized moment.
  public static let skewness: Self = .init(
    "to_skewness",
    PrimitiveDefinition(
      "Σz³ / n, z = (x − mean) / √(Σ(x − mean)² / n)", domain: "not all x equal", outside: "NaN"),
    .numbers { try $0.standardized { $0.cube / ($0.square * $0.square.squareRoot()) } },
    number: { _ in .nan },
    facts: UnaryFacts(isTranslationInvariant: true, isScaleInvariant: true, isUndefinedOnNumbers: true))
}
