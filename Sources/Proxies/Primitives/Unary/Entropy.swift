import Foundation
import Torch

extension UnaryPrimitive {
  /// The entropy of magnitudes as shares.
  public static let entropy: Self = .init(
    "to_entropy",
    PrimitiveDefinition("−Σ p ln p, p = |x| / Σ|x|", domain: "not all x zero", outside: "NaN"),
    .numbers { x in
      let sizes = try x.data.absolute()
      let products = try Tensor.single("aten::xlogy", overload: "Tensor", [.tensor(sizes), .tensor(sizes)])
      let sums = try FlatTensor(layout: x.layout, data: products).sums()
      return zip(try x.sums(), sums).map { $0.absolute > 0 ? log($0.absolute) - $1.sum / $0.absolute : .nan }
    },
    number: { $0 == 0 || !$0.isFinite ? .nan : 0 },
    facts: UnaryFacts(symmetry: .elements, isScaleInvariant: true, constancy: .ofNumbers))
}
