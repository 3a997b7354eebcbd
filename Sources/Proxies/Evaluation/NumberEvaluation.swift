import Foundation

extension UnaryPrimitive {
  /// The result on a tensor of a single number.
  func ofNumber(_ x: Double) -> Double {
    switch self {
    case .noOperation, .normalizedSum, .sum, .mean, .minimum, .maximum, .rowMeans: x
    case .absolute, .frobeniusNorm, .l1Norm, .maximumNorm, .rootMeanSquare, .rowNorms: abs(x)
    case .geometricMean: x.isNaN ? .nan : abs(x)
    case .logarithm: log(x)
    case .absoluteLogarithm: log(abs(x))
    case .shiftedLogarithm: log1p(abs(x))
    case .exponential: exp(x)
    case .square, .gram: x * x
    case .cube: x * x * x
    case .squareRoot: x.squareRoot()
    case .cubeRoot: cbrt(x)
    case .relu: x.isNaN ? .nan : max(x, 0)
    case .leakyRelu: x > 0 ? x : 0.01 * x
    case .swish: x / (1 + exp(-x))
    case .mish: x * Foundation.tanh(Self.softplus(x))
    case .softplus: Self.softplus(x)
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .saturate: x / (1 + abs(x))
    case .sign: x.isNaN ? .nan : x > 0 ? 1 : x < 0 ? -1 : 0
    case .heaviside: x.isNaN ? .nan : x > 0 ? 1 : 0
    case .invert: 1 / x
    case .negate: -x
    case .center, .logSoftmax, .pairwiseDistance: x - x
    case .softmax: x.isFinite ? 1 : .nan
    case .l1Normalize, .l2Normalize: x / abs(x)
    case .entropy: x == 0 || !x.isFinite ? .nan : 0
    case .logDeterminant: log1p(x * x)
    case .normalize, .minMax, .standardDeviation, .variance, .skewness, .kurtosis: .nan
    }
  }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

extension BinaryPrimitive {
  /// The result on two numbers.
  func ofNumbers(_ x: Double, _ y: Double) -> Double {
    guard !x.isNaN, !y.isNaN else { return .nan }
    return switch self {
    case .sum: x + y
    case .difference: x - y
    case .product, .matrixProduct: x * y
    case .quotient: x / y
    case .greatest: max(x, y)
    case .least: min(x, y)
    case .lesser: x < y ? 1 : 0
    case .greater: x > y ? 1 : 0
    case .equal: x == y ? 1 : 0
    case .hamming: Self.signsDiffer(x, y)
    case .divergence: x.isFinite && y.isFinite ? 0 : .nan
    case .cosine: x * y / (abs(x) * abs(y))
    case .euclidean, .l1Distance: abs(x - y)
    case .meanSquaredError: (x - y) * (x - y)
    }
  }

  /// 1 where two numbers have different signs, 0 being a sign of its own.
  static func signsDiffer(_ x: Double, _ y: Double) -> Double {
    guard !x.isNaN, !y.isNaN else { return .nan }
    return (x > 0) != (y > 0) || (x < 0) != (y < 0) ? 1 : 0
  }
}
