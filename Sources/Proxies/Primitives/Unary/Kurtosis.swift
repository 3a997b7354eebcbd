extension UnaryPrimitive {
  /// The fourth standardized moment, less that of a normal distribution.
  public static let kurtosis: Self = .init(
    "to_kurtosis",
    PrimitiveDefinition(
      "Σz⁴ / n − 3, z = (x − mean) / √(Σ(x − mean)² / n)", domain: "not all x equal", outside: "NaN"),
    .numbers { try $0.standardized { $0.fourth / ($0.square * $0.square) - 3 } },
    number: { _ in .nan },
    facts: UnaryFacts(
      symmetry: .operand, isTranslationInvariant: true, isScaleInvariant: true, isUndefinedOnNumbers: true))
}
