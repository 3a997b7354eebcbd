import Foundation
import Torch

extension UnaryPrimitive {
  /// The geometric mean of magnitudes.
  public static let geometricMean: Self = .init(
    "to_geometric_mean",
    PrimitiveDefinition("exp(Σ ln|x| / n)"),
    .numbers { x in
      let logarithms = try x.data.absolute().applying("log")
      return try FlatTensor(layout: x.layout, data: logarithms).means().map { exp($0) }
    },
    number: { $0.isNaN ? .nan : abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }))
}
