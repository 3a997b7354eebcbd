import BitModel

/// What a quantized network takes as a file: the integers of each layer at its bits, and all else, which bits hardly change.
public struct FileSizes: Sendable {
  /// Bytes of scales, biases, nodes and names.
  public let fixed: Int
  private let integers: @Sendable (_ layer: Int, _ choice: BitChoice) -> Int

  /// Makes sizes.
  ///
  /// - Parameters:
  ///   - fixed: bytes of what is no weight.
  ///   - integers: gives the bytes of a layer's weight at some bits.
  public init(fixed: Int, integers: @escaping @Sendable (_ layer: Int, _ choice: BitChoice) -> Int) {
    self.fixed = fixed
    self.integers = integers
  }

  /// Bytes of a layer's weight at some bits; the first layer's have what is fixed beside them.
  func bytes(layer: Int, _ choice: BitChoice) -> Int {
    integers(layer, choice) + (layer == 0 ? fixed : 0)
  }
}
