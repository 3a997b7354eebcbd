extension UnaryPrimitive {
  /// The standard deviation.
  public static let standardDeviation: Self = .init(
    "to_std",
    PrimitiveDefinition("√(Σ(x − mean)² / (n − 1))", domain: "two elements and more", outside: "NaN"),
    .numbers { try $0.deviations() },
    number: { _ in .nan },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .operand, isTranslationInvariant: true, isUndefinedOnNumbers: true))
}
