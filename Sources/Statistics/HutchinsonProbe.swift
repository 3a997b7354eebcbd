import Support

/// Random signs for estimating the diagonal of a matrix from its products with vectors.
///
/// For signs z with E[zzᵀ] = I, z ⊙ (Hz) is an unbiased estimate of the diagonal (Hutchinson 1989; Bekas,
/// Kokiopoulou and Saad, "An estimator for the diagonal of a matrix", Applied Numerical Mathematics 57, 2007).
/// Probes come in blocks of a power of two: within a block, element i's sign in the k-th probe is a random sign
/// of its own times the entry (i mod size, k) of the Hadamard matrix. Over a block, products of elements in
/// different columns cancel exactly, so elements closer than the block's size add no noise to each other.
struct HutchinsonProbe {
  private let signs: RandomStream
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
    signs = RandomStream(seed: seed, purpose: "hutchinson", index: UInt64(start))
  }

  /// Signs for the elements `0 ..< count` of all layers together.
  func values(count: Int) -> [Float] {
    var stream = signs
    var bits: UInt64 = 0
    return (0..<count).map { index in
      if index % 64 == 0 { bits = stream.next() }
      defer { bits >>= 1 }
      let parity = (index & (size - 1) & row).nonzeroBitCount & 1
      return (Int(bits & 1) ^ parity) == 0 ? 1 : -1
    }
  }
}
