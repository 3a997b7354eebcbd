import Torch

extension BinaryPrimitive {
  /// The products of each row with each of the other operand.
  public static let matrixProduct: Self = .init(
    "matmul",
    PrimitiveDefinition("X Yᵀ of the rows"),
    .rowPairs { x, y in try x.joined { try x.matrix($0).rowProducts(with: y.matrix($0)) } },
    number: { $0 * $1 },
    facts: BinaryFacts(
      commutativity: .underMean, sign: .whereBothAre, isOdd: true,
      ofEqualOperands: { UnaryPrimitive.gram.simplified(of: $0) }),
    mean: .ofRowProducts,
    latex: { LaTeX("\($0.bound(.product)) \\, {\($1.bound(.atom))}^{\\top}", .product) })
}
