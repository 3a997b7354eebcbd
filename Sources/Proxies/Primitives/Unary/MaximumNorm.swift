extension UnaryPrimitive {
  /// The greatest magnitude.
  public static let maximumNorm: Self = .init(
    "max_norm",
    PrimitiveDefinition("max |x|"),
    .moments { x, _ in x.minimum.isNaN ? .nan : max(x.maximum, -x.minimum) },
    number: { abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }),
    latex: { LaTeX("\\lVert \($0.text) \\rVert_\\infty", .atom) })
}
