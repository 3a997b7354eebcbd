import Torch

extension UnaryPrimitive {
  /// Each element with the other sign.
  public static let negate: Self = .init(
    "negate",
    PrimitiveDefinition("−x"),
    .elementwise { try $0.applying("neg") },
    number: { -$0 },
    facts: UnaryFacts(effect: .negation, mean: .linear, after: { inner, x in inner == .negate ? x : nil }),
    mean: .ofMoments { x, count in (-x.sum / count, x.absolute / count) },
    latex: { LaTeX("-\($0.bound(.prefix))", .sum) },
    sympy: { "-(\($0))" })
}
