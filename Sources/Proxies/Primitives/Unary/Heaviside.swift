import Torch

extension UnaryPrimitive {
  /// Whether each element is above zero.
  public static let heaviside: Self = .init(
    "heaviside",
    PrimitiveDefinition("1 where x > 0, 0 elsewhere"),
    .elementwise { try $0.applying("sign").relu().undefined(where: $0.applying("isnan")) },
    number: { $0.isNaN ? .nan : $0 > 0 ? 1 : 0 },
    facts: UnaryFacts(
      sign: .nonNegative,
      after: { inner, x in
        switch inner {
        case .sign, .relu, .heaviside: .unary(.heaviside, x)
        default: nil
        }
      }),
    mean: .ofMoments { x, count in (x.positives / count, abs(x.positives / count)) })
}
