import Torch

extension UnaryPrimitive {
  /// Each element as a share of one more than its magnitude (softsign).
  public static let saturate: Self = .init(
    "saturate",
    PrimitiveDefinition("x / (1 + |x|)"),
    .elementwise { x in
      let one = try Tensor.scalar(1, elementType: x.elementType)
      return try x.divided(by: x.absolute().adding(one))
    },
    number: { $0 / (1 + abs($0)) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs))
}
