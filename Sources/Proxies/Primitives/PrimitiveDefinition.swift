/// What an operation does.
public struct PrimitiveDefinition: Sendable, Equatable {
  /// The formula, with x and y the operands, n their number of elements, and sums over all elements.
  public let formula: String
  /// Where it is defined.
  public let domain: String
  /// What comes out elsewhere.
  public let outside: String

  init(_ formula: String, domain: String = "all numbers", outside: String = "–") {
    self.formula = formula
    self.domain = domain
    self.outside = outside
  }
}

extension UnaryPrimitive {
  /// Formula and domain.
  public var definition: PrimitiveDefinition {
    switch self {
    case .noOperation: .init("x")
    case .absolute: .init("|x|")
    case .logarithm: .init("ln x", domain: "x > 0", outside: "−∞ at 0, NaN below")
    case .absoluteLogarithm: .init("ln |x|", domain: "x ≠ 0", outside: "−∞")
    case .shiftedLogarithm: .init("ln (1 + |x|)")
    case .exponential: .init("eˣ", domain: "x up to the range's logarithm", outside: "∞")
    case .square: .init("x²")
    case .cube: .init("x³")
    case .squareRoot: .init("√x", domain: "x ≥ 0", outside: "NaN")
    case .cubeRoot: .init("sign x · ∛|x|")
    case .relu: .init("max(x, 0)")
    case .leakyRelu: .init("x where x > 0, 0.01 x elsewhere")
    case .swish: .init("x · σ(x)")
    case .mish: .init("x · tanh(ln (1 + eˣ))")
    case .softplus: .init("ln (1 + eˣ)")
    case .tanh: .init("tanh x")
    case .sigmoid: .init("σ(x) = 1 / (1 + e⁻ˣ)")
    case .saturate: .init("x / (1 + |x|)")
    case .sign: .init("−1, 0 or 1")
    case .heaviside: .init("1 where x > 0, 0 elsewhere")
    case .invert: .init("1 / x", domain: "x ≠ 0", outside: "∞")
    case .negate: .init("−x")
    case .normalize:
      .init("(x − mean) / standard deviation with n − 1", domain: "not all x equal", outside: "NaN")
    case .minMax: .init("(x − min) / (max − min)", domain: "not all x equal", outside: "NaN")
    case .center: .init("x − mean")
    case .l1Normalize: .init("x / Σ|x|", domain: "not all x zero", outside: "NaN")
    case .l2Normalize: .init("x / √Σx²", domain: "not all x zero", outside: "NaN")
    case .softmax: .init("eˣ / Σeˣ over the first dimension")
    case .logSoftmax: .init("x − ln Σeˣ over the first dimension")
    case .rowMeans: .init("the mean of each row")
    case .rowNorms: .init("√Σx² of each row")
    case .gram: .init("X Xᵀ of the rows")
    case .pairwiseDistance: .init("‖xᵢ − xⱼ‖ of rows i and j")
    case .frobeniusNorm: .init("√Σx²")
    case .l1Norm: .init("Σ|x|")
    case .maximumNorm: .init("max |x|")
    case .rootMeanSquare: .init("√(Σx² / n)")
    case .normalizedSum: .init("Σx / n")
    case .sum: .init("Σx")
    case .mean: .init("Σx / n")
    case .geometricMean: .init("exp(Σ ln|x| / n)")
    case .standardDeviation:
      .init("√(Σ(x − mean)² / (n − 1))", domain: "two elements and more", outside: "NaN")
    case .variance: .init("Σ(x − mean)² / (n − 1)", domain: "two elements and more", outside: "NaN")
    case .skewness:
      .init("Σz³ / n, z = (x − mean) / √(Σ(x − mean)² / n)", domain: "not all x equal", outside: "NaN")
    case .kurtosis:
      .init("Σz⁴ / n − 3, z = (x − mean) / √(Σ(x − mean)² / n)", domain: "not all x equal", outside: "NaN")
    case .minimum: .init("min x")
    case .maximum: .init("max x")
    case .entropy: .init("−Σ p ln p, p = |x| / Σ|x|", domain: "not all x zero", outside: "NaN")
    case .logDeterminant: .init("ln det(I + X Xᵀ) of the rows")
    }
  }
}

extension BinaryPrimitive {
  /// Formula and domain.
  public var definition: PrimitiveDefinition {
    switch self {
    case .sum: .init("x + y")
    case .difference: .init("x − y")
    case .product: .init("x · y")
    case .matrixProduct: .init("X Yᵀ of the rows")
    case .quotient: .init("x / y", domain: "y ≠ 0", outside: "∞ or NaN")
    case .greatest: .init("the greater of x and y")
    case .least: .init("the lesser of x and y")
    case .lesser: .init("1 where x < y, 0 elsewhere")
    case .greater: .init("1 where x > y, 0 elsewhere")
    case .equal: .init("1 where x = y, 0 elsewhere")
    case .hamming: .init("the share of elements whose signs differ, 0 having a sign of its own")
    case .divergence: .init("Σ p ln(p / q), p and q the softmax of x and y over all elements")
    case .cosine: .init("Σxy / √(Σx² Σy²)", domain: "neither all zero", outside: "NaN")
    case .euclidean: .init("√Σ(x − y)²")
    case .l1Distance: .init("Σ|x − y| / n")
    case .meanSquaredError: .init("Σ(x − y)² / n")
    }
  }
}
