import Torch

extension UnaryPrimitive {
  /// The sign of each element.
  public static let sign: Self = .init(
    "sign",
    PrimitiveDefinition("−1, 0 or 1"),
    .elementwise { try $0.applying("sign").undefined(where: $0.applying("isnan")) },
    number: { $0.isNaN ? .nan : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
    facts: UnaryFacts(
      sign: .nonNegativeWhereOperandIs,
      after: { inner, x in
        switch inner {
        case .sign: .unary(.sign, x)
        case .heaviside, .relu: .unary(.heaviside, x)
        default: nil
        }
      }),
    mean: .ofMoments { x, count in ((x.positives - x.negatives) / count, (x.positives + x.negatives) / count)
    },
    sympy: { "sign(\($0))" })
}
