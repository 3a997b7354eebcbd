import Foundation
import Torch

extension UnaryPrimitive {
  /// Each element times the hyperbolic tangent of its softplus.
  public static let mish: Self = .init(
    "mish",
    PrimitiveDefinition("x · tanh(ln (1 + eˣ))"),
    .elementwise { try $0.applying("mish") },
    number: { $0 * Foundation.tanh($0.softplus) },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs))
}
