import Foundation
import Torch

extension UnaryPrimitive {
  /// Each element times its logistic function (SiLU).
  public static let swish: Self = .init(
    "swish",
    PrimitiveDefinition("x · σ(x)"),
    .elementwise { try $0.applying("silu") },
    number: { $0 / (1 + exp(-$0)) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs))
}
