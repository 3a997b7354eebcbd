import Torch

extension UnaryPrimitive {
  /// Mean 0 and standard deviation 1 over each layer.
  public static let normalize: Self = .init(
    "normalize",
    PrimitiveDefinition(
      "(x − mean) / standard deviation with n − 1", domain: "not all x equal", outside: "NaN"),
    .layerwise { x in try x.scaled(by: x.deviations().map { 1 / $0 }, subtracting: x.means()) },
    number: { _ in .nan },
    facts: UnaryFacts(
      isTranslationInvariant: true, isScaleInvariant: true, effect: .shiftAndScaling, constancy: .always,
      isUndefinedOnNumbers: true))
}
