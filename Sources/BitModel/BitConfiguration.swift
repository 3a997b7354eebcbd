/// The bits of every quantizable layer's weight and input, in graph order.
///
/// The text form lists weight bits, and after a slash activation bits, such as `8,3,2,8/8,8,8,8`.
public struct BitConfiguration: Hashable, Sendable, CustomStringConvertible {
  /// Bits of each layer's weight.
  public var weightBits: [Int]
  /// Bits of each layer's input.
  public var activationBits: [Int]

  /// Bits that a quantizer can have.
  public static let supportedBits = 2...8

  /// Makes a configuration of bits per layer.
  public init(weightBits: [Int], activationBits: [Int]) {
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  /// Makes a configuration whose activations all have the same bits.
  public init(weightBits: [Int], activationBits: Int) {
    self.init(weightBits: weightBits, activationBits: weightBits.map { _ in activationBits })
  }

  /// The text form.
  public var description: String {
    func list(_ bits: [Int]) -> String { bits.map(String.init).joined(separator: ",") }
    return "\(list(weightBits))/\(list(activationBits))"
  }

  /// Reads the text form; nil where it is not one.
  public init?(_ text: String) {
    let lists = text.split(separator: "/").map { $0.split(separator: ",").map { Int($0) } }
    guard lists.count == 2, lists[0].count == lists[1].count, !lists.joined().contains(nil) else {
      return nil
    }
    self.init(weightBits: lists[0].compactMap { $0 }, activationBits: lists[1].compactMap { $0 })
  }
}
