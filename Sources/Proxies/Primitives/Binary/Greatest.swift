import Torch

extension BinaryPrimitive {
  /// The greater of elements.
  public static let greatest: Self = .init(
    "max",
    PrimitiveDefinition("the greater of x and y"),
    .elementwise { try Tensor.single("aten::maximum", [.tensor($0), .tensor($1)]) },
    number: { max($0, $1) },
    facts: BinaryFacts(commutativity: .full, sign: .whereEitherIs, ofEqualOperands: { $0 }),
    latex: { LaTeX("\\max\\left(\($0.text), \($1.text)\\right)", .atom) },
    sympy: { "Max(\($0), \($1))" })
}
