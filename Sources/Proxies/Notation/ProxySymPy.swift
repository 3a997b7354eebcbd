extension Proxy {
  /// The formula as an expression of SymPy, which `sympy.parse_expr` reads.
  ///
  /// Operations element by element are SymPy's own functions where there are such; reductions, and operations over
  /// whole tensors, are functions of their names. So are those that would repeat their operand, as nested ones would
  /// double the text each time.
  ///
  /// Aggregations other than the bit-weighted sum are functions of their names around it.
  public var sympy: String {
    aggregation == .bitWeighted && !expression.dependsOnBits
      ? expression.sympy : "Function('\(aggregation.rawValue)')(\(expression.sympy))"
  }
}

extension Expression {
  fileprivate var sympy: String {
    switch self {
    // By name alone, `hessian` would be a function of SymPy.
    case .input(let input): "Symbol('\(input.name)')"
    case .unary(let operation, let part): operation.sympy(part.sympy)
    case .binary(let operation, let left, let right): operation.sympy(left.sympy, right.sympy)
    }
  }
}
