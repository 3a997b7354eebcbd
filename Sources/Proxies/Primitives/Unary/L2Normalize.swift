import Torch

extension UnaryPrimitive {
  /// Squares of each layer that add up to 1.
  public static let l2Normalize: Self = .init(
    "l2_normalize",
    PrimitiveDefinition("x / √Σx²", domain: "not all x zero", outside: "NaN"),
    .layerwise { x in
      try x.scaled(by: x.norms().map { 1 / $0 }, subtracting: x.layout.shapes.map { _ in 0 })
    },
    number: { $0 / abs($0) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, isScaleInvariant: true, effect: .scaling),
    mean: .ofMoments { x, count in
      let norm = x.square.squareRoot() * count
      return (x.sum / norm, x.absolute / norm)
    })
}
