import Foundations
import Quantization
import Testing

/// Integers without a gap between them, against bits counted one by one.
@Suite("Packed integers")
struct PackedIntegersTests {
  /// The integer at a place of a list of bits, the lowest one first.
  private func integer(_ index: Int, bits: Int, in bytes: [UInt8]) -> Int {
    (0..<bits).reduce(0) { sum, bit in
      let position = index * bits + bit
      return sum | Int(bytes[position / 8] >> UInt8(position % 8) & 1) << bit
    }
  }

  @Test("fill whole groups of bytes, and are the same when taken apart", arguments: 1...8)
  func groups(bits: Int) {
    let (size, groupBytes) = [
      1: (8, 1), 2: (4, 1), 3: (8, 3), 4: (2, 1), 5: (8, 5), 6: (4, 3), 7: (8, 7), 8: (1, 1),
    ][bits, default: (0, 0)]
    var stream = RandomStream(seed: 1, purpose: "packed \(bits)")
    for count in [1, 2, 3, 7, 8, 9, 16, 31, 100] {
      let integers = (0..<count).map { $0 == 0 ? 1 << bits - 1 : stream.integer(below: 1 << bits) }
      let packed = PackedIntegers(integers, bits: bits)
      #expect(packed.bits == bits && packed.groupSize == size && packed.groupBytes == groupBytes)
      let groups = (count + size - 1) / size
      let bytes = [UInt8](packed.bytes)
      #expect(bytes.count == groups * groupBytes)
      #expect((0..<count).map { integer($0, bits: bits, in: bytes) } == integers)
      // What fills up the last group is 0.
      #expect((count..<groups * size).allSatisfy { integer($0, bits: bits, in: bytes) == 0 })
      #expect(packed.value.shape == [groups, groupBytes] && packed.value.dataType == .uint8)
      #expect(packed.value.bytes == packed.bytes)
    }
  }

  @Test("the first has the lowest bits, and higher bits of an integer are cut off")
  func order() {
    #expect([UInt8](PackedIntegers([1, 2, 3, 4, 5, 6, 7, 0], bits: 3).bytes) == [0xD1, 0x58, 0x1F])
    #expect([UInt8](PackedIntegers([0x1F, -1, 0], bits: 4).bytes) == [0xFF, 0x00])
  }

  @Test("no integers are no bytes", arguments: 1...8)
  func none(bits: Int) {
    #expect(PackedIntegers([], bits: bits).bytes.isEmpty)
  }
}
