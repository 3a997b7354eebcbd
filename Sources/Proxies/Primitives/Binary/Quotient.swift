import Torch

extension BinaryPrimitive {
  /// The quotient of elements.
  public static let quotient: Self = .init(
    "div",
    PrimitiveDefinition("x / y", domain: "y ≠ 0", outside: "∞ or NaN"),
    .elementwise { try $0.divided(by: $1) },
    number: { $0 / $1 },
    facts: BinaryFacts(sign: .whereBothAre, isOdd: true),
    latex: { LaTeX("\\frac{\($0.text)}{\($1.text)}", .atom) },
    sympy: { "(\($0))/(\($1))" })
}
