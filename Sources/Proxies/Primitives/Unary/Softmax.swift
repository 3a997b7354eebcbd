import Torch

extension UnaryPrimitive {
  /// The softmax over the first dimension.
  public static let softmax: Self = .init(
    "softmax",
    PrimitiveDefinition("eˣ / Σeˣ over the first dimension"),
    .layerwise { try $0.overRows("softmax") },
    number: { $0.isFinite ? 1 : .nan },
    facts: UnaryFacts(
      sign: .nonNegative, isTranslationInvariant: true, constancy: .ofNumbers,
      after: { inner, x in inner == .logSoftmax ? .unary(.softmax, x) : nil }))
}
