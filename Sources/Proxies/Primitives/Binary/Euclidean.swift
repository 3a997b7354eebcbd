extension BinaryPrimitive {
  /// The Euclidean distance.
  public static let euclidean: Self = .init(
    "euclidean_distance",
    PrimitiveDefinition("√Σ(x − y)²"),
    .pairs { x, _ in x.squaredDifference.squareRoot() },
    number: { abs($0 - $1) },
    facts: BinaryFacts(commutativity: .full, sign: .nonNegative, constancy: .ofEqualOperands),
    latex: { LaTeX("\\lVert \($0.text) - \($1.bound(.product)) \\rVert_F", .atom) })
}
