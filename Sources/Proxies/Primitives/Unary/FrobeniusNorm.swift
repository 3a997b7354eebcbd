extension UnaryPrimitive {
  /// The root of the sum of squares.
  public static let frobeniusNorm: Self = .init(
    "frobenius_norm",
    PrimitiveDefinition("√Σx²"),
    .moments { x, _ in x.square.squareRoot() },
    number: { abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }),
    latex: { LaTeX("\\lVert \($0.text) \\rVert_F", .atom) })
}
