import Foundations

/// Random signs for estimating the diagonal of a matrix from its products with vectors.
///
/// For independent signs z, z ⊙ (Hz) is an unbiased estimate of the diagonal, and zᵀHz of the trace (Hutchinson 1989;
/// Bekas, Kokiopoulou and Saad, "An estimator for the diagonal of a matrix", Applied Numerical Mathematics 57, 2007).
/// Probes are independent of each other, so that the spread between them gives a valid standard error; orthogonal ones,
/// from a Hadamard matrix, are as good on average but hide their error from it.
struct HutchinsonProbe {
  private let signs: RandomStream

  /// The probe of a number.
  init(_ number: Int, seed: UInt64) {
    signs = RandomStream(seed: seed, purpose: "hutchinson", index: UInt64(number))
  }

  /// Signs for the elements `0 ..< count` of all layers together.
  func values(count: Int) -> [Float] {
    var stream = signs
    var bits: UInt64 = 0
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        if index % 64 == 0 { bits = stream.next() }
        buffer[index] = bits & 1 == 0 ? 1 : -1
        bits >>= 1
      }
      initialized = count
    }
  }
}
