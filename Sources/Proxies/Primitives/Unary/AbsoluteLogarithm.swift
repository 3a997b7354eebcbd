import Foundation
import Torch

extension UnaryPrimitive {
  /// The natural logarithm of each element's magnitude.
  public static let absoluteLogarithm: Self = .init(
    "abslog",
    PrimitiveDefinition("ln |x|", domain: "x ≠ 0", outside: "−∞"),
    .elementwise { try $0.absolute().applying("log") },
    number: { log(abs($0)) },
    facts: UnaryFacts(symmetry: .elements),
    latex: { LaTeX("\\ln \\lvert \($0.text) \\rvert", .prefix) },
    sympy: { "log(Abs(\($0)))" })
}
