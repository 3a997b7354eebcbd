import Torch

extension BinaryPrimitive {
  /// The product of elements.
  public static let product: Self = .init(
    "mul",
    PrimitiveDefinition("x · y"),
    .elementwise { try $0.multiplied(by: $1) },
    number: { $0 * $1 },
    facts: BinaryFacts(
      commutativity: .full, sign: .whereBothAre, isOdd: true,
      ofEqualOperands: { UnaryPrimitive.square.simplified(of: $0) }),
    mean: .ofPairs { x, count in (x.product / count, x.absoluteProduct / count) },
    latex: { LaTeX("\($0.bound(.product)) \\odot \($1.bound(.prefix))", .product) },
    sympy: { "(\($0))*(\($1))" })
}
