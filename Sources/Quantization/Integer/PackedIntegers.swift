import Foundation
import ONNX

/// Integers of 1 to 8 bits without a gap between them.
///
/// The least number of integers that fills whole bytes is a group: 8 of 3 bits in 3 bytes, 2 of 4 bits in 1. Within a group
/// the first integer has the lowest bits, and the first byte, too.
package struct PackedIntegers: Sendable, Equatable {
  /// Bits of an integer.
  package let bits: Int
  /// Integers of a group.
  package let groupSize: Int
  /// Bytes of a group.
  package let groupBytes: Int
  /// The bytes of all groups; the last one is filled up with 0.
  package let bytes: Data

  /// Packs integers.
  ///
  /// - Parameters:
  ///   - integers: 0 to 2ᵇ−1; higher bits are cut off.
  ///   - bits: 1 to 8.
  package init(_ integers: [Int], bits: Int) {
    let size = Self.groupSize(bits: bits)
    self.bits = bits
    groupSize = size
    groupBytes = size * bits / 8
    var bytes = Data(capacity: (integers.count + size - 1) / size * groupBytes)
    for start in stride(from: 0, to: integers.count, by: size) {
      var group: UInt64 = 0
      for (offset, integer) in integers[start..<min(start + size, integers.count)].enumerated() {
        group |= (UInt64(truncatingIfNeeded: integer) & (1 << UInt64(bits) - 1)) << UInt64(bits * offset)
      }
      for byte in 0..<groupBytes { bytes.append(UInt8(truncatingIfNeeded: group >> UInt64(8 * byte))) }
    }
    self.bytes = bytes
  }

  /// Integers of a group.
  static func groupSize(bits: Int) -> Int { 8 >> min(3, bits.trailingZeroBitCount) }

  /// The bytes, [groups, bytes of a group].
  package var value: TensorValue {
    TensorValue(dataType: .uint8, shape: [bytes.count / groupBytes, groupBytes], bytes: bytes)
  }
}
