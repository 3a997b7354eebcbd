import Torch

extension UnaryPrimitive {
  /// The distance of each row to each.
  public static let pairwiseDistance: Self = .init(
    "pairwise_distance",
    PrimitiveDefinition("‖xᵢ − xⱼ‖ of rows i and j"),
    .rowPairs { x in
      try x.joined { layer in
        // ‖a − b‖² = a·a + b·b − 2 a·b, not below zero but for rounding.
        let products = try x.matrix(layer).rowProducts()
        let squares = try Tensor.single("aten::diagonal", [.tensor(products)])
        let rows = x.layout.rows(layer)
        let sums = try squares.reshaped([rows, 1]).adding(squares.reshaped([1, rows]))
        return try sums.subtracting(products.scaled(by: 2)).relu().applying("sqrt")
      }
    },
    number: { $0 - $0 },
    facts: UnaryFacts(sign: .nonNegative, symmetry: .operand, constancy: .ofNumbers))
}
