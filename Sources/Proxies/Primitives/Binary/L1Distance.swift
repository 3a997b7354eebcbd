extension BinaryPrimitive {
  /// The mean magnitude of differences.
  public static let l1Distance: Self = .init(
    "l1_distance",
    PrimitiveDefinition("Σ|x − y| / n"),
    .pairs { x, count in x.absoluteDifference / count },
    number: { abs($0 - $1) },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative, constancy: .ofEqualOperands))
}
