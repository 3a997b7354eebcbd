/// What is known of a binary operation without computing it: the canonical form and checks of formulas go by it.
public struct BinaryFacts: Sendable {
  /// Whether operands may change places.
  public enum Commutativity: Sendable {
    case none
    /// The mean of the result does not change.
    case underMean
    /// The result does not change.
    case full
  }
  /// Where no element of the result can be negative.
  public enum Sign: Sendable { case any, nonNegative, whereBothAre, whereEitherIs }
  /// Where the mean of the result is the same in all layers.
  public enum Constancy: Sendable {
    case none
    /// Where both operands are the same.
    case ofEqualOperands
    /// There, and where either operand is a number.
    case ofEqualOperandsOrNumbers
  }

  /// Another formula of the same value; nil where there is none.
  public typealias Rewriting = @Sendable (_ left: Expression, _ right: Expression) -> Expression?

  /// Whether operands may change places.
  public var commutativity: Commutativity
  /// Where no element can be negative.
  public var sign: Sign
  /// Where the mean is the same in all layers.
  public var constancy: Constancy
  /// Whether the operation may be done on the operands' means where nothing but the mean counts.
  public var isLinear: Bool
  /// Whether the result has the other sign where either operand has.
  public var isOdd: Bool
  /// The same of two equal operands.
  public var ofEqualOperands: (@Sendable (_ operand: Expression) -> Expression)?
  /// The same of any operands.
  public var rewriting: Rewriting?

  /// Facts; those that are not given are not known.
  public init(
    commutativity: Commutativity = .none, sign: Sign = .any, constancy: Constancy = .none,
    isLinear: Bool = false, isOdd: Bool = false,
    ofEqualOperands: (@Sendable (_ operand: Expression) -> Expression)? = nil, rewriting: Rewriting? = nil
  ) {
    self.commutativity = commutativity
    self.sign = sign
    self.constancy = constancy
    self.isLinear = isLinear
    self.isOdd = isOdd
    self.ofEqualOperands = ofEqualOperands
    self.rewriting = rewriting
  }
}
