import Torch

extension UnaryPrimitive {
  /// The logarithm of the softmax over the first dimension.
  public static let logSoftmax: Self = .init(
    "log_softmax",
    PrimitiveDefinition("x − ln Σeˣ over the first dimension"),
    .layerwise { try $0.overRows("log_softmax") },
    number: { $0 - $0 },
    facts: UnaryFacts(
      isTranslationInvariant: true, constancy: .ofNumbers,
      after: { inner, x in inner == .logSoftmax ? .unary(.logSoftmax, x) : nil }))
}
