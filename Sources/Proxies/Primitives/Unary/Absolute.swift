import Torch

extension UnaryPrimitive {
  /// The magnitude of each element.
  public static let absolute: Self = .init(
    "abs",
    PrimitiveDefinition("|x|"),
    .elementwise { try $0.absolute() },
    number: { abs($0) },
    facts: UnaryFacts(sign: .nonNegative, symmetry: .elements, effect: .magnitude, ofNonNegative: { $0 }),
    mean: .ofMoments { x, count in (x.absolute / count, x.absolute / count) },
    latex: { LaTeX("\\lvert \($0.text) \\rvert", .atom) },
    sympy: { "Abs(\($0))" })
}
