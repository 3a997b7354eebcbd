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
    let isNumber = part.isNumber
    switch (aggregation, operation) {
    case (.product, .negate), (.logSum, .negate), (.carried, .negate):
      return Proxy(part, aggregation: aggregation)
    case (.product, .absolute) where isNumber, (.logSum, .absolute) where isNumber,
      (.carried, .absolute) where isNumber:
      return Proxy(part, aggregation: aggregation)
    case (.logSum, .square) where isNumber, (.logSum, .cube) where isNumber,
      (.logSum, .cubeRoot) where isNumber:
      return Proxy(part, aggregation: aggregation)
    case (.logSum, .squareRoot) where isNumber && part.isNonNegative:
      return Proxy(part, aggregation: aggregation)
    case (.maximum, .cube) where isNumber, (.maximum, .cubeRoot) where isNumber:
      return Proxy(part, aggregation: aggregation)
    default: return Proxy(expression, aggregation: aggregation)
    }
  }

  /// A number that proxies of the same canonical form share, the same on every machine (FNV-1a of the text).
  public var canonicalHash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in canonical.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }
}

extension Expression {
  /// The formula where nothing but its mean over a layer counts.
  fileprivate var underMean: Expression {
    switch self {
    case .unary(.mean, let part), .unary(.normalizedSum, let part), .unary(.rowMeans, let part):
      part.underMean
    case .unary(.negate, let part): .unary(.negate, part.underMean)
    case .binary(.sum, let left, let right): .sorted(.sum, left.underMean, right.underMean)
    case .binary(.difference, let left, let right): .binary(.difference, left.underMean, right.underMean)
    // The mean of X Yᵀ is that of its transpose.
    case .binary(.matrixProduct, let left, let right): .sorted(.matrixProduct, left, right)
    default: self
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
