extension UnaryPrimitive {
  /// The variance.
  public static let variance: Self = .init(
    "to_var",
    PrimitiveDefinition("Σ(x − mean)² / (n − 1)", domain: "two elements and more", outside: "NaN"),
    .numbers { try $0.deviations().map { $0 * $0 } },
    number: { _ in .nan },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .operand, isTranslationInvariant: true, isUndefinedOnNumbers: true))
}
