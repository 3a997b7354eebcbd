import Torch

extension UnaryPrimitive {
  /// The result on one tensor; the tensor itself is never changed.
  func apply(_ x: Tensor) throws -> Tensor {
    switch self {
    case .noOperation: return x
    case .absolute: return try x.absolute()
    case .logarithm: return try x.applying("log")
    case .absoluteLogarithm: return try x.absolute().applying("log")
    case .exponential: return try x.applying("exp")
    case .square: return try x.squared()
    case .squareRoot: return try x.applying("sqrt")
    case .relu: return try x.relu()
    case .leakyRelu: return try Tensor.single("aten::leaky_relu", [.tensor(x), .double(0.01)])
    case .swish: return try x.multiplied(by: x.applying("sigmoid"))
    case .tanh: return try x.applying("tanh")
    case .sigmoid: return try x.applying("sigmoid")
    case .sign: return try x.applying("sign")
    case .invert: return try x.applying("reciprocal")
    case .negate: return try x.applying("neg")
    case .normalize: return try x.subtracting(x.mean()).divided(by: Self.deviation(x))
    case .minMax:
      let least = try x.applying("min")
      return try x.subtracting(least).divided(by: x.applying("max").subtracting(least))
    case .softmax: return try Self.overFirst("softmax", x)
    case .logSoftmax: return try Self.overFirst("log_softmax", x)
    case .frobeniusNorm: return try x.squared().sum().applying("sqrt")
    case .l1Norm: return try x.absolute().sum()
    case .normalizedSum, .mean: return try x.mean()
    case .sum: return try x.sum()
    case .standardDeviation: return try Self.deviation(x)
    case .variance: return try Self.deviation(x).squared()
    case .minimum: return try x.applying("min")
    case .maximum: return try x.applying("max")
    }
  }

  private static func deviation(_ x: Tensor) throws -> Tensor {
    // Of a single number there is none; libtorch would print a warning each time.
    guard x.count > 1 else { return try Tensor.scalar(.nan) }
    return try Tensor.single("aten::std", [.tensor(x), .bool(true)])
  }

  private static func overFirst(_ operation: String, _ x: Tensor) throws -> Tensor {
    guard x.rank > 0 else { return try overFirst(operation, x.reshaped([1])) }
    return try Tensor.single("aten::\(operation)", overload: "int", [.tensor(x), .int(0)])
  }
}
