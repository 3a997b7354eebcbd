extension BinaryPrimitive {
  /// The operation on parts to which all rules were applied, by the fact that fits.
  public func simplified(of left: Expression, _ right: Expression) -> Expression {
    let facts = facts
    if facts.isOdd {
      if case .unary(.negate, let x) = left { return negated(x, right) }
      if case .unary(.negate, let y) = right { return negated(left, y) }
    }
    if let rule = facts.ofEqualOperands, left == right { return rule(left) }
    if let result = facts.rewriting?(left, right) { return result }
    guard facts.commutativity == .full, right.description < left.description else {
      return .binary(self, left, right)
    }
    return .binary(self, right, left)
  }

  private func negated(_ left: Expression, _ right: Expression) -> Expression {
    UnaryPrimitive.negate.simplified(of: simplified(of: left, right))
  }
}
