import Support

/// Random signs for estimating the diagonal of a matrix from its products with vectors.
///
/// For signs z with E[zzᵀ] = I, z ⊙ (Hz) is an unbiased estimate of the diagonal (Hutchinson 1989; Bekas,
/// Kokiopoulou and Saad, "An estimator for the diagonal of a matrix", Applied Numerical Mathematics 57, 2007).
/// Probes come in blocks of a power of two, `size`: within a block, element i's sign in the k-th probe is a random sign
/// of its own times the entry (column of i, k) of the Hadamard matrix. Over a block, products of elements in
/// different columns cancel exactly. Every `size` elements in a row have different columns, in an order that is drawn
/// anew for each such window; so neighbours add no noise to each other, and elements further apart add, on average,
/// just as much as under independent signs. The variance between probes therefore gives a valid standard error.
struct HutchinsonProbe {
  private let seed: UInt64
  private let start: Int
  private let row: Int
  private let size: Int

  /// The probe of a number, of `count` in all.
  init(_ number: Int, of count: Int, seed: UInt64) {
    var start = 0
    var size = 1
    // The largest power of two that fits what is left makes the next block.
    while true {
      size = 1
      while size * 2 <= count - start { size *= 2 }
      if number < start + size { break }
      start += size
    }
    row = number - start
    self.size = size
    self.start = start
    self.seed = seed
  }

  /// Signs for the elements `0 ..< count` of all layers together.
  func values(count: Int) -> [Float] {
    var signs = RandomStream(seed: seed, purpose: "hutchinson", index: UInt64(start))
    var columns = RandomStream(seed: seed, purpose: "hutchinson columns", index: UInt64(start))
    var bits: UInt64 = 0
    var (multiplier, shift) = (0, 0)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        if index % 64 == 0 { bits = signs.next() }
        if index % size == 0 {
          let drawn = columns.next()
          // An odd multiplier makes the window's columns a permutation.
          multiplier = Int(truncatingIfNeeded: drawn & 0xFFFF_FFFF) | 1
          shift = Int(truncatingIfNeeded: drawn >> 32)
        }
        let column = (index &* multiplier &+ shift) & (size - 1)
        let parity = (column & row).nonzeroBitCount & 1
        buffer[index] = (Int(bits & 1) ^ parity) == 0 ? 1 : -1
        bits >>= 1
      }
      initialized = count
    }
  }
}
