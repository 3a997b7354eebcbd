import Support

/// Draws bit configurations at random.
public struct ConfigurationSampler: Sendable {
  /// The layers' costs.
  public let costs: CostModel
  /// Bits that free layers choose from.
  public let candidates: [Int]
  /// Bits of all activations.
  public let activationBits: Int
  /// The seed.
  public let seed: UInt64

  /// Makes a sampler; the first and the last layer keep 8 bits.
  ///
  /// - Throws: ``BenchmarkError`` where candidates are missing or outside 2 to 8.
  public init(costs: CostModel, candidates: [Int], activationBits: Int, seed: UInt64) throws {
    let sorted = Set(candidates).sorted()
    guard !sorted.isEmpty, sorted.allSatisfy(BitConfiguration.supportedBits.contains) else {
      throw BenchmarkError("--bits \(candidates): one or more of 2 to 8 are needed", kind: .usage)
    }
    guard BitConfiguration.supportedBits.contains(activationBits) else {
      throw BenchmarkError("--activation-bits \(activationBits): one of 2 to 8 is needed", kind: .usage)
    }
    self.costs = costs
    self.candidates = sorted
    self.activationBits = activationBits
    self.seed = seed
  }

  private var isFree: [Bool] { costs.layers.indices.map { $0 != 0 && $0 != costs.layers.count - 1 } }

  private func draw(_ purpose: String, _ index: UInt64) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: purpose, index: index)
    return isFree.map { $0 ? candidates[stream.integer(below: candidates.count)] : 8 }
  }

  /// Distinct configurations, each free layer's bits drawn evenly.
  ///
  /// - Throws: ``BenchmarkError`` where there are not so many.
  public func configurations(_ count: Int) throws -> [BitConfiguration] {
    var possible = 1
    for _ in isFree.filter({ $0 }) where possible < count { possible *= candidates.count }
    guard possible >= count else {
      throw BenchmarkError(
        "--configurations \(count): there are only \(possible) different ones", kind: .usage)
    }
    var found: [BitConfiguration] = []
    var seen = Set<BitConfiguration>()
    var index: UInt64 = 0
    while found.count < count {
      let configuration = BitConfiguration(
        weightBits: draw("configuration", index), activationBits: activationBits)
      if seen.insert(configuration).inserted { found.append(configuration) }
      index += 1
    }
    return found
  }

  /// Random configurations of nearly a size: below it, and as near as single layers' changes bring them.
  ///
  /// Each begins as a random draw; random layers then lose a step of bits until the size fits, and gain one
  /// where that still fits.
  public func configurations(ofSizeInBits size: Int, count: Int) -> [BitConfiguration] {
    (0..<count).map { number in
      var bits = draw("sized configuration", UInt64(number))
      var stream = RandomStream(seed: seed, purpose: "sized configuration order", index: UInt64(number))
      let free = isFree.indices.filter { isFree[$0] }
      func step(_ layer: Int, _ direction: Int) -> Int? {
        guard let place = candidates.firstIndex(of: bits[layer]) else { return nil }
        return candidates.indices.contains(place + direction) ? candidates[place + direction] : nil
      }
      while costs.sizeInBits(bits) > size {
        guard let layer = free.filter({ step($0, -1) != nil }).randomElement(using: &stream),
          let lower = step(layer, -1)
        else { break }
        bits[layer] = lower
      }
      var isChanged = true
      while isChanged {
        isChanged = false
        for layer in free.shuffled(using: &stream) {
          guard let higher = step(layer, 1) else { continue }
          let grown = costs.sizeInBits(bits) + costs.layers[layer].parameters * (higher - bits[layer])
          if grown <= size {
            bits[layer] = higher
            isChanged = true
          }
        }
      }
      return BitConfiguration(weightBits: bits, activationBits: activationBits)
    }
  }
}
