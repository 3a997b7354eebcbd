import Torch

extension UnaryPrimitive {
  /// Magnitudes of each layer that add up to 1.
  public static let l1Normalize: Self = .init(
    "l1_normalize",
    PrimitiveDefinition("x / Σ|x|", domain: "not all x zero", outside: "NaN"),
    .layerwise { x in
      try x.scaled(by: x.sums().map { 1 / $0.absolute }, subtracting: x.layout.shapes.map { _ in 0 })
    },
    number: { $0 / abs($0) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, isScaleInvariant: true, effect: .scaling),
    mean: .ofMoments { x, count in (x.sum / x.absolute / count, 1 / count) })
}
