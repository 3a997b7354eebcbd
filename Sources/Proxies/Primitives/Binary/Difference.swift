import Torch

extension BinaryPrimitive {
  /// The difference of elements.
  public static let difference: Self = .init(
    "sub",
    PrimitiveDefinition("x − y"),
    .elementwise { try $0.subtracting($1) },
    number: { $0 - $1 },
    facts: BinaryFacts(
      constancy: .ofEqualOperands, isLinear: true,
      rewriting: { left, right in
        if case .unary(.negate, let y) = right { return BinaryPrimitive.sum.simplified(of: left, y) }
        return nil
      }),
    mean: .ofMeans(rightFactor: -1),
    latex: { LaTeX("\($0.text) - \($1.bound(.product))", .sum) },
    sympy: { "(\($0)) - (\($1))" })
}
