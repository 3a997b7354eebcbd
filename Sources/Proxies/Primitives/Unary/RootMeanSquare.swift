extension UnaryPrimitive {
  /// The root of the mean square.
  public static let rootMeanSquare: Self = .init(
    "to_rms",
    PrimitiveDefinition("√(Σx² / n)"),
    .moments { x, count in (x.square / count).squareRoot() },
    number: { abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }))
}
