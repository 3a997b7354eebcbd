import Torch

extension UnaryPrimitive {
  /// Each element, or a hundredth of a negative one.
  public static let leakyRelu: Self = .init(
    "leaky_relu",
    PrimitiveDefinition("x where x > 0, 0.01 x elsewhere"),
    .elementwise { try Tensor.single("aten::leaky_relu", [.tensor($0), .double(0.01)]) },
    number: { $0 > 0 ? $0 : 0.01 * $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, ofNonNegative: { $0 }),
    mean: .ofMoments { x, count in
      let (positive, negative) = ((x.absolute + x.sum) / 2, (x.absolute - x.sum) / 2)
      return ((positive - 0.01 * negative) / count, (positive + 0.01 * negative) / count)
    })
}
