import Synchronization
import Torch

/// Quantized weights by layer and bits, shared by all configurations.
final class WeightCache: Sendable {
  struct Key: Hashable {
    let layer: Int
    let bits: Int
  }

  private let entries = Mutex<[Key: (quantized: QuantizedWeight, dequantized: Tensor)]>([:])

  /// The entry of a layer at a number of bits, made by `make` the first time.
  func entry(
    layer: Int, bits: Int, make: () throws -> (QuantizedWeight, Tensor)
  ) throws -> (quantized: QuantizedWeight, dequantized: Tensor) {
    let key = Key(layer: layer, bits: bits)
    if let known = entries.withLock({ $0[key] }) { return known }
    let made = try make()
    entries.withLock { $0[key] = made }
    return made
  }
}
