import BitModel
import Foundations

/// A layer whose bits are given, by its name.
public struct FixedLayer: Sendable, Equatable {
  /// The layer's name.
  public let name: String
  /// Bits of its weight.
  public let weightBits: Int
  /// Bits of its input; nil for the most that other layers may be given.
  public let activationBits: Int?

  /// Makes a layer with given bits.
  public init(name: String, weightBits: Int, activationBits: Int? = nil) {
    self.name = name
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  /// Reads `NAME=4` or, with bits of the input, `NAME=4/6`.
  ///
  /// - Throws: ``AllocationError`` saying what is needed.
  public init(parsing text: String) throws {
    // Names of layers may hold slashes and equals signs themselves, so the text is read from its end.
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let bits = (parts.last ?? "").split(separator: "/", omittingEmptySubsequences: false).map {
      $0 == "float" ? BitChoice.floatWeightBits : Int($0)
    }
    let isPossible = bits.enumerated().allSatisfy { position, bits in
      guard let bits else { return false }
      return position == 0
        ? BitConfiguration.supportedWeightBits.contains(bits) : BitConfiguration.supportedBits.contains(bits)
    }
    guard parts.count > 1, (1...2).contains(bits.count), isPossible, let weight = bits[0] else {
      throw AllocationError(
        "'\(text)': NAME=BITS or NAME=BITS/BITS is needed, with bits of 2 to 8, or NAME=float", kind: .usage)
    }
    self.init(
      name: parts.dropLast().joined(separator: "="), weightBits: weight,
      activationBits: bits.count > 1 ? bits[1] : nil)
  }
}
