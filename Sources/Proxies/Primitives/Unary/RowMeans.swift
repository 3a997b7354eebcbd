import Torch

extension UnaryPrimitive {
  /// The mean of each row.
  public static let rowMeans: Self = .init(
    "row_means",
    PrimitiveDefinition("the mean of each row"),
    .rows { try $0.rowMeans() },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, mean: .kept, ofNumber: { $0 }),
    mean: .ofMoments { x, count in (x.sum / count, x.absolute / count) })
}
