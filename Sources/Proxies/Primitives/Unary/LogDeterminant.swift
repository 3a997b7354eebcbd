import Foundation
import Torch

extension UnaryPrimitive {
  /// The logarithm of the determinant of one more than the rows' products.
  public static let logDeterminant: Self = .init(
    "log_determinant",
    PrimitiveDefinition("ln det(I + X Xᵀ) of the rows"),
    .numbers { x in
      try x.layout.shapes.indices.map { layer in
        // det(I + X Xᵀ) = det(I + Xᵀ X), and the smaller one is cheaper.
        let matrix = try x.matrix(layer)
        let isWide = x.layout.rows(layer) <= x.layout.columns(layer)
        let products = try (isWide ? matrix : matrix.permuted([1, 0])).rowProducts()
        let size = min(x.layout.rows(layer), x.layout.columns(layer))
        let identity = try Tensor.single("aten::eye", [.int(size), .int(ElementType.float64.rawValue)])
        return try Tensor.single("aten::logdet", [.tensor(products.adding(identity))]).item()
      }
    },
    number: { log1p($0 * $0) },
    facts: UnaryFacts(symmetry: .operand))
}
