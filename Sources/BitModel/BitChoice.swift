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

  /// By weight bits, then by activation bits.
  public static func < (left: BitChoice, right: BitChoice) -> Bool {
    (left.weightBits, left.activationBits) < (right.weightBits, right.activationBits)
  }
}
