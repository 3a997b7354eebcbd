import Foundation
import Torch

extension UnaryPrimitive {
  /// The hyperbolic tangent of each element.
  public static let tanh: Self = .init(
    "tanh",
    PrimitiveDefinition("tanh x"),
    .elementwise { try $0.applying("tanh") },
    number: { Foundation.tanh($0) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs),
    latex: { LaTeX("\\tanh \($0.bound(.atom))", .prefix) },
    sympy: { "tanh(\($0))" })
}
