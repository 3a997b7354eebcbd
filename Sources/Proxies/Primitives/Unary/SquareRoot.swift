import Torch

extension UnaryPrimitive {
  /// The square root of each element.
  public static let squareRoot: Self = .init(
    "sqrt",
    PrimitiveDefinition("√x", domain: "x ≥ 0", outside: "NaN"),
    .elementwise { try $0.applying("sqrt") },
    number: { $0.squareRoot() },
    facts: UnaryFacts(
      sign: .nonNegative, power: .root,
      after: { inner, x in inner == .square ? UnaryPrimitive.absolute.simplified(of: x) : nil }),
    latex: { LaTeX("\\sqrt{\($0.text)}", .atom) },
    sympy: { "sqrt(\($0))" })
}
