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
    case .input: return false
    case .unary(let operation, let part):
      switch operation {
      case .normalize, .minMax, .standardDeviation, .variance, .skewness, .kurtosis:
        if part.isNumber { return true }
      default: break
      }
      return part.isUndefined
    case .binary(_, let left, let right): return left.isUndefined || right.isUndefined
    }
  }

  /// Whether the mean is the same in all layers.
  fileprivate var isConstant: Bool {
    switch self {
    case .input: return false
    case .unary(let operation, let part):
      switch operation {
      case .softmax, .logSoftmax, .center, .pairwiseDistance, .entropy: return part.isNumber
      case .normalize: return true
      default: return part.isNumber && part.isConstant
      }
    case .binary(let operation, let left, let right):
      let isOfNumbers = left.isNumber || right.isNumber
      switch operation {
      case .difference, .lesser, .greater, .equal, .hamming, .divergence, .cosine, .euclidean, .l1Distance,
        .meanSquaredError:
        if left == right || (operation == .divergence && isOfNumbers) { return true }
      default: break
      }
      return isOfNumbers && left.isConstant && right.isConstant
    }
  }
}
