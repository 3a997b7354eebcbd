/// A counter-based random number generator, derived from a seed, a purpose and an index.
///
/// Two streams with the same three values give the same numbers on every machine, whatever the thread count
/// and however often a run was interrupted; streams that differ in any of the three are independent. There is
/// no shared state: whoever needs randomness makes a stream.
///
///     var stream = RandomStream(seed: 1, purpose: "configurations", index: 42)
///     let bits = [2, 3, 4].randomElement(using: &stream)
///
/// The n-th number is the SplitMix64 finalizer of key + n·γ (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014); the key mixes seed, the FNV-1a hash of the purpose and the
/// index by the same finalizer.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
  private let key: UInt64
  private var counter: UInt64 = 0

  /// Makes the stream of `(seed, purpose, index)`, at its first number.
  public init(seed: UInt64, purpose: String, index: UInt64 = 0) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    var key = Self.mix(seed &+ Self.gamma)
    key = Self.mix(key ^ hash)
    self.key = Self.mix(key &+ index &* Self.gamma)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mix(key &+ counter &* Self.gamma)
  }

  /// A number drawn evenly from [0, 1), with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// An integer drawn evenly from 0 ..< `count`; 0 where `count` is below 1.
  public mutating func integer(below count: Int) -> Int {
    count < 1 ? 0 : Int.random(in: 0..<count, using: &self)
  }
}
