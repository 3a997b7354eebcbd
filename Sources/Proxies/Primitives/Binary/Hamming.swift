extension BinaryPrimitive {
  /// The share of elements of other signs.
  public static let hamming: Self = .init(
    "hamming_distance",
    PrimitiveDefinition("the share of elements whose signs differ, 0 having a sign of its own"),
    .pairs { x, count in x.differingSigns / count },
    number: { ($0 > 0) != ($1 > 0) || ($0 < 0) != ($1 < 0) ? 1 : 0 },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative, constancy: .ofEqualOperands))
}
