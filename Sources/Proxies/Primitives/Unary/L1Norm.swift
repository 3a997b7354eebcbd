extension UnaryPrimitive {
  /// The sum of magnitudes.
  public static let l1Norm: Self = .init(
    "l1_norm",
    PrimitiveDefinition("Σ|x|"),
    .moments { x, _ in x.absolute },
    number: { abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }),
    latex: { LaTeX("\\lVert \($0.text) \\rVert_1", .atom) })
}
