extension BinaryPrimitive {
  /// The cosine of the angle between operands.
  public static let cosine: Self = .init(
    "cosine_similarity",
    PrimitiveDefinition("Σxy / √(Σx² Σy²)", domain: "neither all zero", outside: "NaN"),
    .numbers { left, right in
      let norms = zip(try left.norms(), try right.norms())
      return try zip(left.pairs(with: right), norms).map { $0.product / ($1.0 * $1.1) }
    },
    number: { $0 * $1 / (abs($0) * abs($1)) },
    facts: BinaryFacts(commutativity: .full, constancy: .ofEqualOperands))
}
