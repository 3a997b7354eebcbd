import Torch

extension UnaryPrimitive {
  /// The norm of each row.
  public static let rowNorms: Self = .init(
    "row_norms",
    PrimitiveDefinition("√Σx² of each row"),
    .rows { try $0.rowNorms() },
    number: { abs($0) },
    facts: UnaryFacts(
      sign: .nonNegative, symmetry: .elements, ofNumber: { UnaryPrimitive.absolute.simplified(of: $0) }))
}
