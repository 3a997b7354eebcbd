import Torch

extension BinaryPrimitive {
  /// The lesser of elements.
  public static let least: Self = .init(
    "min",
    PrimitiveDefinition("the lesser of x and y"),
    .elementwise { try Tensor.single("aten::minimum", [.tensor($0), .tensor($1)]) },
    number: { min($0, $1) },
    facts: BinaryFacts(commutativity: .full, sign: .whereBothAre, ofEqualOperands: { $0 }),
    latex: { LaTeX("\\min\\left(\($0.text), \($1.text)\\right)", .atom) },
    sympy: { "Min(\($0), \($1))" })
}
