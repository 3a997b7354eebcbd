import Foundation
import Torch

extension UnaryPrimitive {
  /// The natural logarithm of each element.
  public static let logarithm: Self = .init(
    "log",
    PrimitiveDefinition("ln x", domain: "x > 0", outside: "−∞ at 0, NaN below"),
    .elementwise { try $0.applying("log") },
    number: { log($0) },
    facts: UnaryFacts(
      ofNonNegative: { UnaryPrimitive.absoluteLogarithm.simplified(of: $0) },
      after: { inner, x in inner == .absolute ? UnaryPrimitive.absoluteLogarithm.simplified(of: x) : nil }),
    latex: { LaTeX("\\ln \($0.bound(.atom))", .prefix) },
    sympy: { "log(\($0))" })
}
