extension UnaryPrimitive {
  /// The operation on a part to which all rules were applied, by the rule that fits.
  ///
  /// A rule may not change where a formula is defined: `log(exp(x))` stays, as eˣ can overflow.
  func simplified(of part: Expression) -> Expression {
    if part.isNumber, let rule = onNumber(part) { return rule }
    if let rule = onSign(part) { return rule }
    if case .unary(let inner, let x) = part, let rule = after(inner, x) { return rule }
    switch self {
    case .noOperation: return part
    case .normalizedSum: return .unary(.mean, part)
    default: return .unary(self, part)
    }
  }

  /// On a single number reductions do little.
  private func onNumber(_ x: Expression) -> Expression? {
    switch self {
    case .mean, .normalizedSum, .sum, .minimum, .maximum, .rowMeans: x
    case .frobeniusNorm, .l1Norm, .maximumNorm, .rootMeanSquare, .rowNorms, .geometricMean:
      UnaryPrimitive.absolute.simplified(of: x)
    case .gram: UnaryPrimitive.square.simplified(of: x)
    default: nil
    }
  }

  /// On what is not negative some do nothing.
  private func onSign(_ x: Expression) -> Expression? {
    guard x.isNonNegative else { return nil }
    return switch self {
    case .absolute, .relu, .leakyRelu: x
    case .logarithm: UnaryPrimitive.absoluteLogarithm.simplified(of: x)
    default: nil
    }
  }

  /// Operations that do not see the sign of any element.
  private static let even: Set<UnaryPrimitive> = [
    .absolute, .square, .absoluteLogarithm, .shiftedLogarithm, .l1Norm, .frobeniusNorm, .maximumNorm,
    .rootMeanSquare, .rowNorms, .geometricMean, .entropy,
  ]
  /// Operations that do not see the sign of the whole operand.
  private static let symmetric: Set<UnaryPrimitive> = [
    .standardDeviation, .variance, .kurtosis, .gram, .pairwiseDistance, .logDeterminant,
  ]
  /// Operations that see no number which is added to all elements.
  private static let translationInvariant: Set<UnaryPrimitive> = [
    .standardDeviation, .variance, .skewness, .kurtosis, .normalize, .center, .minMax, .softmax, .logSoftmax,
  ]
  /// Operations that see no positive factor of all elements.
  private static let scaleInvariant: Set<UnaryPrimitive> = [
    .normalize, .minMax, .skewness, .kurtosis, .l1Normalize, .l2Normalize, .entropy,
  ]

  /// After another operation: what cancels it, or does not see it.
  private func after(_ inner: UnaryPrimitive, _ x: Expression) -> Expression? {
    switch (self, inner) {
    case (.negate, .negate), (.invert, .invert), (.cube, .cubeRoot), (.cubeRoot, .cube): return x
    case (.squareRoot, .square): return UnaryPrimitive.absolute.simplified(of: x)
    case (.square, .squareRoot) where x.isNonNegative: return x
    case (.logarithm, .absolute): return UnaryPrimitive.absoluteLogarithm.simplified(of: x)
    case (.exponential, .absoluteLogarithm): return UnaryPrimitive.absolute.simplified(of: x)
    case (.relu, .sign), (.heaviside, .sign), (.heaviside, .relu): return .unary(.heaviside, x)
    case (.sign, .sign), (.sign, .heaviside), (.heaviside, .heaviside), (.center, .center):
      return .unary(inner, x)
    case (.sign, .relu): return .unary(.heaviside, x)
    case (.softmax, .logSoftmax): return .unary(.softmax, x)
    case (.logSoftmax, .logSoftmax): return .unary(.logSoftmax, x)
    default: break
    }
    if inner == .negate, Self.even.contains(self) || Self.symmetric.contains(self) {
      return simplified(of: x)
    }
    if inner == .absolute, Self.even.contains(self) { return simplified(of: x) }
    // Numbers have no spread, of which these would be told apart.
    guard !x.isNumber else { return nil }
    if inner == .center, Self.translationInvariant.contains(self) { return simplified(of: x) }
    let isScaling = inner == .l1Normalize || inner == .l2Normalize
    if isScaling, Self.scaleInvariant.contains(self) { return simplified(of: x) }
    let isAffine = inner == .normalize || inner == .minMax
    if isAffine, Self.scaleInvariant.contains(self), Self.translationInvariant.contains(self) {
      return simplified(of: x)
    }
    return nil
  }
}
