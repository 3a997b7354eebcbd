/// An operation on one tensor.
///
/// ``definition`` has formula, domain and shape. Outside an operation's domain its result is not a finite number, which
/// makes a proxy invalid.
public enum UnaryPrimitive: String, CaseIterable, Codable, Sendable {
  // Element by element.
  case noOperation = "no_op"
  case absolute = "abs"
  case logarithm = "log"
  case absoluteLogarithm = "abslog"
  case shiftedLogarithm = "log1p"
  case exponential = "exp"
  case square
  case cube
  case squareRoot = "sqrt"
  case cubeRoot = "cbrt"
  case relu
  case leakyRelu = "leaky_relu"
  case swish
  case mish
  case softplus
  case tanh
  case sigmoid
  case saturate
  case sign
  case heaviside
  case invert
  case negate
  // With what the whole layer's tensor is.
  case normalize
  case minMax = "min_max"
  case center
  case l1Normalize = "l1_normalize"
  case l2Normalize = "l2_normalize"
  case softmax
  case logSoftmax = "log_softmax"
  // From rows, the parts of the first dimension.
  case rowMeans = "row_means"
  case rowNorms = "row_norms"
  case gram = "row_products"
  case pairwiseDistance = "pairwise_distance"
  // To a number.
  case frobeniusNorm = "frobenius_norm"
  case l1Norm = "l1_norm"
  case maximumNorm = "max_norm"
  case rootMeanSquare = "to_rms"
  case normalizedSum = "normalized_sum"
  case sum = "to_sum"
  case mean = "to_mean"
  case geometricMean = "to_geometric_mean"
  case standardDeviation = "to_std"
  case variance = "to_var"
  case skewness = "to_skewness"
  case kurtosis = "to_kurtosis"
  case minimum = "to_min"
  case maximum = "to_max"
  case entropy = "to_entropy"
  case logDeterminant = "log_determinant"

  /// What becomes of the shape.
  public var shape: ShapeRule {
    switch self {
    case .rowMeans, .rowNorms: .rows
    case .gram, .pairwiseDistance: .rowPairs
    case .frobeniusNorm, .l1Norm, .maximumNorm, .rootMeanSquare, .normalizedSum, .sum, .mean, .geometricMean,
      .standardDeviation, .variance, .skewness, .kurtosis, .minimum, .maximum, .entropy, .logDeterminant:
      .number
    default: .same
    }
  }

  /// Whether each element of the result depends on one element alone.
  public var isElementwise: Bool {
    switch self {
    case .normalize, .minMax, .center, .l1Normalize, .l2Normalize, .softmax, .logSoftmax: false
    default: shape == .same
    }
  }
}

/// What an operation makes of the shape of its operands.
public enum ShapeRule: String, Sendable, CaseIterable {
  /// The shape is kept.
  case same = "same shape"
  /// One number for each row, a row being what one index of the first dimension holds.
  case rows = "[rows]"
  /// One number for each pair of rows.
  case rowPairs = "[rows, rows]"
  /// A single number.
  case number = "a number"
}
