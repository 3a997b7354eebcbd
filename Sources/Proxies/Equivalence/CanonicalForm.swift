extension Proxy {
  /// The form that proxies share which are the same but for how they are written.
  ///
  /// Operands of commutative operations stand in order, chains that cancel or repeat are cut short, what the mean over a
  /// layer does anyway is left out, and so are monotone functions that an aggregation does not see. It ranks
  /// configurations as the proxy does, but for rounding, and its canonical form is itself.
  ///
  /// - Complexity: O(n²) in the number of parts, as operands are compared by their texts.
  public var canonical: Proxy {
    var proxy = self
    // A rule may make another applicable; each shortens the formula or settles an order, so this ends soon.
    for _ in 0..<16 {
      let next = proxy.canonicalStep
      if next == proxy { return proxy }
      proxy = next
    }
    return proxy
  }

  private var canonicalStep: Proxy {
    let expression = expression.simplified.underMean
    guard case .unary(let operation, let part) = expression else {
      return Proxy(expression, aggregation: aggregation)
    }
    return Proxy(
      aggregation.doesNotSee(operation.facts, of: part) ? part : expression, aggregation: aggregation)
  }

  /// A number that proxies of the same canonical form share, the same on every machine.
  public var canonicalHash: UInt64 { canonical.description.stableHash }
}

extension Aggregation {
  /// Whether a configuration's rank is the same without an operation on what is aggregated.
  fileprivate func doesNotSee(_ facts: UnaryFacts, of operand: Expression) -> Bool {
    switch self {
    case .bitWeighted, .sum: false
    case .product, .carried: facts.changesSignAlone(of: operand)
    // Logarithms turn powers into factors.
    case .logSum: facts.changesSignAlone(of: operand) || facts.isPower(of: operand)
    case .maximum: facts.power == .odd && operand.isNumber
    }
  }
}

extension UnaryFacts {
  /// Whether the mean of the result is that of the operand but for its sign.
  fileprivate func changesSignAlone(of operand: Expression) -> Bool {
    effect == .negation || effect == .magnitude && operand.isNumber
  }

  /// Whether the mean of the result is a power of the operand's.
  fileprivate func isPower(of operand: Expression) -> Bool {
    switch power {
    case .none: false
    case .even, .odd: operand.isNumber
    case .root: operand.isNumber && operand.isNonNegative
    }
  }
}

extension Expression {
  /// The formula where nothing but its mean over a layer counts.
  fileprivate var underMean: Expression {
    switch self {
    case .input: return self
    case .unary(let operation, let part):
      switch operation.facts.mean {
      case .other: return self
      case .kept: return part.underMean
      case .linear: return .unary(operation, part.underMean)
      }
    case .binary(let operation, let left, let right):
      let facts = operation.facts
      // The mean of X Yᵀ is that of its transpose.
      if facts.commutativity == .underMean { return .sorted(operation, left, right) }
      guard facts.isLinear else { return self }
      let (x, y) = (left.underMean, right.underMean)
      return facts.commutativity == .full ? .sorted(operation, x, y) : .binary(operation, x, y)
    }
  }

  fileprivate static func sorted(
    _ operation: BinaryPrimitive, _ left: Expression, _ right: Expression
  ) -> Expression {
    left.description <= right.description
      ? .binary(operation, left, right) : .binary(operation, right, left)
  }

  /// The formula with rules applied from its inputs up.
  fileprivate var simplified: Expression {
    switch self {
    case .input: self
    case .unary(let operation, let part): operation.simplified(of: part.simplified)
    case .binary(let operation, let left, let right):
      operation.simplified(of: left.simplified, right.simplified)
    }
  }
}
