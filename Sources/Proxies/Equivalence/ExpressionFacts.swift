import LayerStatistics

/// What can be told of a formula's value without computing it.
extension Expression {
  /// Whether the value is a single number for each layer, or layer and choice of bits.
  public var isNumber: Bool {
    switch self {
    case .input(.perturbation), .input(.quantity): true
    case .input(.statistic(let statistic)): statistic.isNumber
    case .unary(let operation, let part): operation.shape == .number || part.isNumber
    // Operands of other shapes are reduced to their means.
    case .binary(let operation, let left, let right):
      operation.shape == .number || left.isNumber || right.isNumber
    }
  }

  /// Whether no element can be negative.
  public var isNonNegative: Bool {
    switch self {
    case .input(let input): input.isNonNegative
    case .unary(let operation, let part):
      switch operation.facts.sign {
      case .any: false
      case .nonNegative: true
      case .nonNegativeWhereOperandIs: part.isNonNegative
      }
    case .binary(let operation, let left, let right):
      switch operation.facts.sign {
      case .any: false
      case .nonNegative: true
      case .whereBothAre: left.isNonNegative && right.isNonNegative
      case .whereEitherIs: left.isNonNegative || right.isNonNegative
      }
    }
  }
}

extension Statistic {
  /// Whether there is a single number for each layer.
  var isNumber: Bool {
    switch self {
    case .hessianTrace, .hessianTraceError, .topEigenvalue, .activationFisher: true
    default: false
    }
  }
}

extension FormulaInput {
  fileprivate var isNonNegative: Bool {
    switch self {
    case .statistic(let statistic): statistic == .fisher || statistic == .activationFisher
    case .quantity: true
    case .perturbation(let statistic):
      switch statistic {
      case .gradientProduct, .hessianProduct, .lossIncrease: false
      default: true
      }
    }
  }
}
