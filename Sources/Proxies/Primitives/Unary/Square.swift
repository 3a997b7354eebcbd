import Torch

extension UnaryPrimitive {
  /// The square of each element.
  public static let square: Self = .init(
    "square",
    PrimitiveDefinition("x²"),
    .elementwise { try $0.squared() },
    number: { $0 * $0 },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, power: .even,
      after: { inner, x in inner == .squareRoot && x.isNonNegative ? x : nil }),
    mean: .ofMoments { x, count in (x.square / count, abs(x.square / count)) },
    latex: { LaTeX("{\($0.bound(.atom))}^{2}", .prefix) },
    sympy: { "(\($0))**2" })
}
