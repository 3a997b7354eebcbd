/// The bits that a layer may be given: those of its weight and those of its input.
public struct BitChoice: Hashable, Sendable, Comparable, Codable {
  /// Bits of the weight.
  public var weightBits: Int
  /// Bits of the input.
  public var activationBits: Int

  /// Makes a choice.
  public init(weightBits: Int, activationBits: Int = 8) {
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  /// Bits that the weight of a layer that stays float is stored in.
  public static let floatWeightBits = 16

  /// Whether the layer stays float: it multiplies numbers in single precision, its weight is stored in half precision, and
  /// its input is rounded only where something else needs that. ``activationBits`` say nothing then.
  public var isFloat: Bool { weightBits == Self.floatWeightBits }

  /// Bit operations of a multiplication: bits of the weight times bits of the input; float inputs count as many as float
  /// weights.
  public var bitOperations: Int { weightBits * (isFloat ? max(weightBits, activationBits) : activationBits) }

  /// By weight bits, then by activation bits.
  public static func < (left: BitChoice, right: BitChoice) -> Bool {
    (left.weightBits, left.activationBits) < (right.weightBits, right.activationBits)
  }
}
