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
  var isNonNegative: Bool {
    switch self {
    case .input(let input): input.isNonNegative
    case .unary(let operation, let part):
      switch operation {
      case .absolute, .square, .exponential, .squareRoot, .relu, .sigmoid, .softplus, .heaviside, .softmax,
        .shiftedLogarithm, .rowNorms, .pairwiseDistance, .frobeniusNorm, .l1Norm, .maximumNorm,
        .rootMeanSquare, .geometricMean, .standardDeviation, .variance:
        true
      case .noOperation, .cube, .cubeRoot, .leakyRelu, .swish, .mish, .tanh, .saturate, .sign, .invert,
        .l1Normalize, .l2Normalize, .rowMeans, .gram, .normalizedSum, .sum, .mean, .minimum, .maximum:
        part.isNonNegative
      default: false
      }
    case .binary(let operation, let left, let right):
      switch operation {
      case .sum, .product, .quotient, .matrixProduct, .least: left.isNonNegative && right.isNonNegative
      case .greatest: left.isNonNegative || right.isNonNegative
      case .lesser, .greater, .equal, .hamming, .euclidean, .l1Distance, .meanSquaredError: true
      default: false
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
