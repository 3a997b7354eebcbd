/// What is known of a unary operation without computing it: the canonical form and checks of formulas go by it.
///
/// A fact that is left out costs a search some formulas which are the same twice; a wrong one makes different formulas
/// the same.
public struct UnaryFacts: Sendable {
  /// Which signs elements of the result have.
  public enum Sign: Sendable { case any, nonNegative, nonNegativeWhereOperandIs }
  /// Which signs the operation does not see.
  public enum Symmetry: Sendable {
    case none
    /// That of all elements at once: f(−x) = f(x).
    case operand
    /// That of each element: f(x) = f(|x|).
    case elements
  }
  /// What an operation does to its operand that others may not see.
  public enum Effect: Sendable {
    case other
    /// −x.
    case negation
    /// |x|.
    case magnitude
    /// A number of the layer is added.
    case shift
    /// A positive number of the layer is multiplied with.
    case scaling
    /// Both.
    case shiftAndScaling
  }
  /// Whether the operation is xᵖ for all x that it is defined at, and which p.
  public enum Power: Sendable {
    case none
    /// Not injective.
    case even
    /// Increasing everywhere.
    case odd
    /// Defined at x ≥ 0 alone.
    case root
  }
  /// The mean of the result.
  public enum Mean: Sendable {
    case other
    /// That of the operand.
    case kept
    /// The operation of the mean of the operand.
    case linear
  }
  /// Where the mean of the result is the same in all layers.
  public enum Constancy: Sendable { case none, ofNumbers, always }

  /// Another formula of the same value; nil where there is none.
  public typealias Rewriting = @Sendable (_ operand: Expression) -> Expression?

  /// Which signs elements of the result have.
  public var sign: Sign
  /// Which signs it does not see.
  public var symmetry: Symmetry
  /// Whether a number that is added to all elements is not seen.
  public var isTranslationInvariant: Bool
  /// Whether a positive factor of all elements is not seen.
  public var isScaleInvariant: Bool
  /// What it does that others may not see.
  public var effect: Effect
  /// Whether it is a power.
  public var power: Power
  /// The mean of the result.
  public var mean: Mean
  /// Where the mean of the result is the same in all layers.
  public var constancy: Constancy
  /// Whether it is not a number on a single number, such as a spread.
  public var isUndefinedOnNumbers: Bool
  /// The same on any operand.
  public var rewriting: Rewriting?
  /// The same on an operand that is a number.
  public var ofNumber: Rewriting?
  /// The same on an operand without negative elements.
  public var ofNonNegative: Rewriting?
  /// The same after another operation on `operand`.
  public var after: (@Sendable (_ inner: UnaryPrimitive, _ operand: Expression) -> Expression?)?

  /// Facts; those that are not given are not known.
  public init(
    sign: Sign = .any, symmetry: Symmetry = .none, isTranslationInvariant: Bool = false,
    isScaleInvariant: Bool = false, effect: Effect = .other, power: Power = .none, mean: Mean = .other,
    constancy: Constancy = .none, isUndefinedOnNumbers: Bool = false, rewriting: Rewriting? = nil,
    ofNumber: Rewriting? = nil, ofNonNegative: Rewriting? = nil,
    after: (@Sendable (_ inner: UnaryPrimitive, _ operand: Expression) -> Expression?)? = nil
  ) {
    self.sign = sign
    self.symmetry = symmetry
    self.isTranslationInvariant = isTranslationInvariant
    self.isScaleInvariant = isScaleInvariant
    self.effect = effect
    self.power = power
    self.mean = mean
    self.constancy = constancy
    self.isUndefinedOnNumbers = isUndefinedOnNumbers
    self.rewriting = rewriting
    self.ofNumber = ofNumber
    self.ofNonNegative = ofNonNegative
    self.after = after
  }
}
