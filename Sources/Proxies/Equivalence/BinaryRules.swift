extension BinaryPrimitive {
  /// The operation on parts to which all rules were applied, by the rule that fits.
  func simplified(of left: Expression, _ right: Expression) -> Expression {
    switch self {
    case .sum:
      if case .unary(.negate, let y) = right { return .binary(.difference, left, y) }
      if case .unary(.negate, let x) = left { return .binary(.difference, right, x) }
    case .difference:
      if case .unary(.negate, let y) = right { return BinaryPrimitive.sum.simplified(of: left, y) }
    case .product, .quotient, .matrixProduct:
      if case .unary(.negate, let x) = left { return negated(x, right) }
      if case .unary(.negate, let y) = right { return negated(left, y) }
      if self == .product, left == right { return UnaryPrimitive.square.simplified(of: left) }
      if self == .matrixProduct, left == right { return UnaryPrimitive.gram.simplified(of: left) }
    case .greatest, .least:
      if left == right { return left }
    case .greater: return BinaryPrimitive.lesser.simplified(of: right, left)
    default: break
    }
    guard isCommutative, right.description < left.description else { return .binary(self, left, right) }
    return .binary(self, right, left)
  }

  private func negated(_ left: Expression, _ right: Expression) -> Expression {
    UnaryPrimitive.negate.simplified(of: simplified(of: left, right))
  }
}
