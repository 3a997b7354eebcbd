/// The bits of every quantizable layer's weight and input: one ``BitChoice`` a layer, in graph order.
///
///     var bits = BitConfiguration(weightBits: [8, 3, 2, 8], activationBits: 8)
///     bits[1].weightBits = 4
///     print(bits)  // 8,4,2,8/8,8,8,8
///
/// The text form lists weight bits, and after a slash activation bits.
public struct BitConfiguration: Hashable, Sendable {
  private var choices: [BitChoice]

  /// Bits that a quantizer can have.
  public static let supportedBits = 2...8

  /// Bits that a weight can have: those of quantizers, and 16 of a layer that stays float.
  public static let supportedWeightBits = Array(supportedBits) + [BitChoice.floatWeightBits]

  /// Bits that stand for a float layer where costs are compared.
  public static let floatBits = 32

  /// Makes a configuration of a choice for each layer.
  public init(_ choices: some Sequence<BitChoice>) { self.choices = Array(choices) }

  /// Makes a configuration whose layers all have the same bits.
  public init(repeating choice: BitChoice, count: Int) { choices = Array(repeating: choice, count: count) }

  /// Makes a configuration whose activations all have the same bits.
  public init(weightBits: [Int], activationBits: Int) {
    choices = weightBits.map { BitChoice(weightBits: $0, activationBits: activationBits) }
  }

  /// Makes a configuration of bits per layer; nil where the lists differ in length.
  public init?(weightBits: [Int], activationBits: [Int]) {
    guard weightBits.count == activationBits.count else { return nil }
    choices = zip(weightBits, activationBits).map { BitChoice(weightBits: $0, activationBits: $1) }
  }

  /// The configuration of a network that is not quantized, for comparing costs.
  public static func float(count: Int) -> BitConfiguration {
    BitConfiguration(repeating: BitChoice(weightBits: floatBits, activationBits: floatBits), count: count)
  }

  /// Bits of each layer's weight.
  ///
  /// - Complexity: O(layers).
  public var weightBits: [Int] { choices.map(\.weightBits) }

  /// Bits of each layer's input.
  ///
  /// - Complexity: O(layers).
  public var activationBits: [Int] { choices.map(\.activationBits) }

  /// Whether all bits are ones that a quantizer can have.
  public var isSupported: Bool {
    choices.allSatisfy {
      Self.supportedWeightBits.contains($0.weightBits) && Self.supportedBits.contains($0.activationBits)
    }
  }
}

extension BitConfiguration: RandomAccessCollection, MutableCollection {
  /// The position of the first layer.
  public var startIndex: Int { choices.startIndex }
  /// The position after the last layer.
  public var endIndex: Int { choices.endIndex }

  /// A layer's bits.
  public subscript(layer: Int) -> BitChoice {
    get { choices[layer] }
    set { choices[layer] = newValue }
  }
}

extension BitConfiguration: LosslessStringConvertible {
  /// The text form.
  public var description: String {
    func list(_ bits: [Int]) -> String { bits.map(String.init).joined(separator: ",") }
    return "\(list(weightBits))/\(list(activationBits))"
  }

  /// Reads the text form; nil where it is not one.
  public init?(_ text: String) {
    let lists = text.split(separator: "/", omittingEmptySubsequences: false).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    }
    guard lists.count == 2, !lists.joined().contains(nil) else { return nil }
    self.init(weightBits: lists[0].compactMap(\.self), activationBits: lists[1].compactMap(\.self))
  }
}
