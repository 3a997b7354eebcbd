import Foundation
import Torch

extension UnaryPrimitive {
  /// The natural logarithm of one more than each element's magnitude.
  public static let shiftedLogarithm: Self = .init(
    "log1p",
    PrimitiveDefinition("ln (1 + |x|)"),
    .elementwise { try $0.absolute().applying("log1p") },
    number: { log1p(abs($0)) },
    facts: UnaryFacts(sign: .nonNegative, symmetry: .elements),
    latex: { LaTeX("\\ln\\left(1 + \\lvert \($0.text) \\rvert\\right)", .atom) },
    sympy: { "log(1 + Abs(\($0)))" })
}
