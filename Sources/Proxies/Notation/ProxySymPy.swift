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
    case .input(let input): return "Symbol('\(input.name)')"
    case .unary(let operation, let part):
      let x = part.sympy
      switch operation {
      case .noOperation: return x
      case .absolute: return "Abs(\(x))"
      case .logarithm: return "log(\(x))"
      case .absoluteLogarithm: return "log(Abs(\(x)))"
      case .exponential: return "exp(\(x))"
      case .square: return "(\(x))**2"
      case .cube: return "(\(x))**3"
      case .shiftedLogarithm: return "log(1 + Abs(\(x)))"
      case .squareRoot: return "sqrt(\(x))"
      case .relu: return "Max(\(x), 0)"
      case .tanh: return "tanh(\(x))"
      case .sigmoid: return "1/(1 + exp(-(\(x))))"
      case .sign: return "sign(\(x))"
      case .invert: return "1/(\(x))"
      case .negate: return "-(\(x))"
      default: return "Function('\(operation.rawValue)')(\(x))"
      }
    case .binary(let operation, let left, let right):
      let (x, y) = (left.sympy, right.sympy)
      switch operation {
      case .sum: return "(\(x)) + (\(y))"
      case .difference: return "(\(x)) - (\(y))"
      case .product: return "(\(x))*(\(y))"
      case .quotient: return "(\(x))/(\(y))"
      case .greatest: return "Max(\(x), \(y))"
      case .least: return "Min(\(x), \(y))"
      default: return "Function('\(operation.rawValue)')(\(x), \(y))"
      }
    }
  }
}
