import Torch

extension UnaryPrimitive {
  /// The reciprocal of each element.
  public static let invert: Self = .init(
    "invert",
    PrimitiveDefinition("1 / x", domain: "x ≠ 0", outside: "∞"),
    .elementwise { try $0.applying("reciprocal") },
    number: { 1 / $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, after: { inner, x in inner == .invert ? x : nil }),
    latex: { LaTeX("\\frac{1}{\($0.text)}", .atom) },
    sympy: { "1/(\($0))" })
}
