import Torch

extension UnaryPrimitive {
  /// Least element 0 and greatest 1 in each layer.
  public static let minMax: Self = .init(
    "min_max",
    PrimitiveDefinition("(x − min) / (max − min)", domain: "not all x equal", outside: "NaN"),
    .layerwise { x in
      let moments = try x.moments()
      return try x.scaled(
        by: moments.map { 1 / ($0.maximum - $0.minimum) }, subtracting: moments.map(\.minimum))
    },
    number: { _ in .nan },
    facts: UnaryFacts(
      isTranslationInvariant: true, isScaleInvariant: true, effect: .shiftAndScaling,
      isUndefinedOnNumbers: true),
    mean: .ofMoments { x, count in
      let mean = (x.sum / count - x.minimum) / (x.maximum - x.minimum)
      return (mean, abs(mean))
    })
}
