extension BinaryPrimitive {
  /// The mean squared difference.
  public static let meanSquaredError: Self = .init(
    "mse",
    PrimitiveDefinition("Σ(x − y)² / n"),
    .pairs { x, count in x.squaredDifference / count },
    number: { ($0 - $1) * ($0 - $1) },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative, constancy: .ofEqualOperands))
}
