extension UnaryPrimitive {
  /// The operand itself; in genomes, an empty slot.
  public static let noOperation: Self = .init(
    "no_op",
    PrimitiveDefinition("x"),
    .elementwise { $0 },
    number: { $0 },
    facts: UnaryFacts(sign: .nonNegativeWhereOperandIs, rewriting: { $0 }),
    mean: .ofMoments { x, count in (x.sum / count, x.absolute / count) },
    latex: { $0 },
    sympy: { $0 })
}
