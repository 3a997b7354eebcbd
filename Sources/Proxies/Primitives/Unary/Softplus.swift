import Foundation
import Torch

extension UnaryPrimitive {
  /// A smooth rectifier.
  public static let softplus: Self = .init(
    "softplus",
    PrimitiveDefinition("ln (1 + eˣ)"),
    .elementwise { try $0.applying("softplus") },
    number: { $0.softplus },
    facts: UnaryFacts(sign: .nonNegative))
}

extension Double {
  /// ln (1 + eˣ), without overflow.
  var softplus: Double { max(self, 0) + log1p(exp(-abs(self))) }
}
