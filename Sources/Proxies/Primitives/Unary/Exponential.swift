import Foundation
import Torch

extension UnaryPrimitive {
  /// The exponential of each element.
  public static let exponential: Self = .init(
    "exp",
    PrimitiveDefinition("eˣ", domain: "x up to the range's logarithm", outside: "∞"),
    .elementwise { try $0.applying("exp") },
    number: { exp($0) },
    facts: UnaryFacts(
      sign: .nonNegative,
      after: { inner, x in inner == .absoluteLogarithm ? UnaryPrimitive.absolute.simplified(of: x) : nil }),
    latex: { LaTeX("e^{\($0.text)}", .prefix) },
    sympy: { "exp(\($0))" })
}
