import Foundation
import Torch

extension UnaryPrimitive {
  /// The logistic function of each element.
  public static let sigmoid: Self = .init(
    "sigmoid",
    PrimitiveDefinition("σ(x) = 1 / (1 + e⁻ˣ)"),
    .elementwise { try $0.applying("sigmoid") },
    number: { 1 / (1 + exp(-$0)) },
    facts: UnaryFacts(sign: .nonNegative),
    latex: { LaTeX("\\sigma\\left(\($0.text)\\right)", .atom) },
    sympy: { "1/(1 + exp(-(\($0))))" })
}
