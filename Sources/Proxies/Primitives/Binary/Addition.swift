import Torch

extension BinaryPrimitive {
  /// The sum of elements.
  public static let sum: Self = .init(
    "add",
    PrimitiveDefinition("x + y"),
    .elementwise { try $0.adding($1) },
    number: { $0 + $1 },
    facts: BinaryFacts(
      commutativity: .full, sign: .whereBothAre, isLinear: true,
      rewriting: { left, right in
        if case .unary(.negate, let y) = right { return .binary(.difference, left, y) }
        if case .unary(.negate, let x) = left { return .binary(.difference, right, x) }
        return nil
      }),
    mean: .ofMeans(rightFactor: 1),
    latex: { LaTeX("\($0.text) + \($1.bound(.product))", .sum) },
    sympy: { "(\($0)) + (\($1))" })
}
