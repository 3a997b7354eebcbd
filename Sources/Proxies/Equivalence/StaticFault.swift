extension Proxy {
  /// Why a proxy cannot have a usable score, where that can be told without computing it; nil where it may have one.
  public var staticFault: InvalidScore? {
    if expression.isUndefined { return .notFinite }
    if !expression.dependsOnBits, aggregation != .bitWeighted { return .constant }
    return expression.isConstant ? .constant : nil
  }
}

extension Expression {
  /// Whether a part is the spread of a single number, which is not a number and makes the whole so.
  fileprivate var isUndefined: Bool {
    switch self {
    case .input: false
    case .unary(let operation, let part):
      operation.facts.isUndefinedOnNumbers && part.isNumber || part.isUndefined
    case .binary(_, let left, let right): left.isUndefined || right.isUndefined
    }
  }

  /// Whether the mean is the same in all layers.
  fileprivate var isConstant: Bool {
    switch self {
    case .input: return false
    case .unary(let operation, let part):
      switch operation.facts.constancy {
      case .none: return part.isNumber && part.isConstant
      case .ofNumbers: return part.isNumber
      case .always: return true
      }
    case .binary(let operation, let left, let right):
      let isOfNumbers = left.isNumber || right.isNumber
      switch operation.facts.constancy {
      case .none: break
      case .ofEqualOperands: if left == right { return true }
      case .ofEqualOperandsOrNumbers: if left == right || isOfNumbers { return true }
      }
      return isOfNumbers && left.isConstant && right.isConstant
    }
  }
}
