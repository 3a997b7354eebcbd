import Torch

extension UnaryPrimitive {
  /// Mean 0 over each layer.
  public static let center: Self = .init(
    "center",
    PrimitiveDefinition("x − mean"),
    .layerwise { x in try x.scaled(by: x.layout.shapes.map { _ in 1 }, subtracting: x.means()) },
    number: { $0 - $0 },
    facts: UnaryFacts(
      isTranslationInvariant: true, effect: .shift, constancy: .ofNumbers,
      after: { inner, x in inner == .center ? .unary(.center, x) : nil }))
}
