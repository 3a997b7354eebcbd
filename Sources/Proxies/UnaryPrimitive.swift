/// An operation on one tensor.
///
/// Operations that work element by element keep the shape; reductions give a single number. Outside an
/// operation's domain its result is not a finite number, which makes a proxy invalid.
public enum UnaryPrimitive: String, CaseIterable, Codable, Sendable {
  /// x.
  case noOperation = "no_op"
  /// |x|.
  case absolute = "abs"
  /// ln x, for x > 0.
  case logarithm = "log"
  /// ln |x|, for x ≠ 0.
  case absoluteLogarithm = "abslog"
  /// eˣ.
  case exponential = "exp"
  /// x².
  case square
  /// √x, for x ≥ 0.
  case squareRoot = "sqrt"
  /// max(x, 0).
  case relu
  /// x where x > 0, 0.01 x elsewhere.
  case leakyRelu = "leaky_relu"
  /// x · σ(x).
  case swish
  /// tanh x.
  case tanh
  /// σ(x) = 1 / (1 + e⁻ˣ).
  case sigmoid
  /// −1, 0 or 1.
  case sign
  /// 1 / x, for x ≠ 0.
  case invert
  /// −x.
  case negate
  /// (x − mean) / standard deviation, for tensors that are not constant.
  case normalize
  /// (x − min) / (max − min), for tensors that are not constant.
  case minMax = "min_max"
  /// Softmax over the first dimension.
  case softmax
  /// The logarithm of the softmax over the first dimension.
  case logSoftmax = "log_softmax"
  /// √Σx², a number.
  case frobeniusNorm = "frobenius_norm"
  /// Σ|x|, a number.
  case l1Norm = "l1_norm"
  /// Σx / number of elements, a number.
  case normalizedSum = "normalized_sum"
  /// Σx, a number.
  case sum = "to_sum"
  /// The mean, a number.
  case mean = "to_mean"
  /// The standard deviation with n − 1, a number, for two elements and more.
  case standardDeviation = "to_std"
  /// The variance with n − 1, a number, for two elements and more.
  case variance = "to_var"
  /// The least element, a number.
  case minimum = "to_min"
  /// The greatest element, a number.
  case maximum = "to_max"
}
