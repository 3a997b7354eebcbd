extension UnaryPrimitive {
  /// The operation on a part to which all rules were applied, by the fact that fits.
  ///
  /// A rule may not change where a formula is defined: `log(exp(x))` stays, as eˣ can overflow.
  public func simplified(of part: Expression) -> Expression {
    let facts = facts
    if let rule = facts.ofNumber, part.isNumber, let result = rule(part) { return result }
    if let rule = facts.ofNonNegative, part.isNonNegative, let result = rule(part) { return result }
    if case .unary(let inner, let x) = part {
      if let result = facts.after?(inner, x) { return result }
      if facts.doesNotSee(inner.facts.effect, of: x) { return simplified(of: x) }
    }
    return facts.rewriting?(part) ?? .unary(self, part)
  }
}

extension UnaryFacts {
  /// Whether the result is the same without what an operation before does to its operand.
  fileprivate func doesNotSee(_ effect: Effect, of operand: Expression) -> Bool {
    switch effect {
    case .other: false
    case .negation: symmetry != .none
    case .magnitude: symmetry == .elements
    // Numbers have no spread, of which these would be told apart.
    case .shift: isTranslationInvariant && !operand.isNumber
    case .scaling: isScaleInvariant && !operand.isNumber
    case .shiftAndScaling: isTranslationInvariant && isScaleInvariant && !operand.isNumber
    }
  }
}
