import Torch

extension UnaryPrimitive {
  /// The third power of each element.
  public static let cube: Self = .init(
    "cube",
    PrimitiveDefinition("x³"),
    .elementwise { try $0.squared().multiplied(by: $0) },
    number: { $0 * $0 * $0 },
    facts: UnaryFacts(
      sign: .nonNegativeWhereOperandIs, power: .odd, after: { inner, x in inner == .cubeRoot ? x : nil }),
    mean: .ofMoments { x, count in (x.cube / count, x.absoluteCube / count) },
    latex: { LaTeX("{\($0.bound(.atom))}^{3}", .prefix) },
    sympy: { "(\($0))**3" })
}
