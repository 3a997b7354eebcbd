import BitModel
import Foundations

/// Draws bit configurations at random; the outer layers keep 8 bits.
public struct ConfigurationSampler: Sendable {
  /// How configurations are spread.
  public enum Design: String, Sendable, Codable, CaseIterable {
    /// Each free layer's bits are drawn evenly, as in the paper; most averages are near the middle.
    case random
    /// Averages of bits are spread evenly from the least to the greatest possible.
    case stratified
  }

  /// The layers' costs.
  public let costs: CostModel
  /// Bits that free layers' weights choose from.
  public let candidates: [Int]
  /// Bits that free layers' activations choose from; the first and last layer have the greatest of them.
  public let activationCandidates: [Int]
  /// How configurations are spread.
  public let design: Design
  /// The seed.
  public let seed: UInt64

  /// Makes a sampler.
  ///
  /// - Throws: ``BenchmarkError`` where candidates are missing or outside 2 to 8.
  public init(
    costs: CostModel, candidates: [Int] = [2, 3, 4], activationCandidates: [Int] = [8],
    design: Design = .random,
    seed: UInt64 = 1
  ) throws {
    func checked(_ candidates: [Int], _ what: String) throws -> [Int] {
      let sorted = Set(candidates).sorted()
      if let bad = sorted.first(where: { !BitConfiguration.supportedBits.contains($0) }) {
        throw BenchmarkError(
          "\(what): \(bad) bits are not possible; one or more of 2 to 8 are", kind: .usage)
      }
      guard !sorted.isEmpty else {
        throw BenchmarkError("\(what): one or more of 2 to 8 are needed", kind: .usage)
      }
      return sorted
    }
    self.costs = costs
    self.candidates = try checked(candidates, "candidates of weights")
    self.activationCandidates = try checked(activationCandidates, "candidates of activations")
    self.design = design
    self.seed = seed
  }

  private let outerLayers = OuterLayers.keepEight

  /// By layer, the bits that its weight keeps; nil where it has a choice.
  private var fixedBits: [Int?] {
    costs.layers.indices.map { outerLayers.fixedBits(layer: $0, of: costs) }
  }

  private func draw(_ purpose: String, _ index: UInt64) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: purpose, index: index)
    return fixedBits.map { $0 ?? candidates[stream.integer(below: candidates.count)] }
  }

  private func configuration(_ weightBits: [Int], _ purpose: String, _ index: UInt64) -> BitConfiguration {
    var stream = RandomStream(seed: seed, purpose: "activations of \(purpose)", index: index)
    let most = activationCandidates.last ?? 8
    return BitConfiguration(
      zip(weightBits, fixedBits).map { weightBits, fixed in
        BitChoice(
          weightBits: weightBits,
          activationBits: fixed == nil
            ? activationCandidates[stream.integer(below: activationCandidates.count)] : most)
      })
  }

  /// Distinct configurations of the design.
  ///
  /// - Throws: ``BenchmarkError`` where there are not so many.
  public func configurations(_ count: Int) throws -> [BitConfiguration] {
    var possible = 1
    for case nil in fixedBits where possible < count {
      possible *= candidates.count * activationCandidates.count
    }
    guard possible >= count else {
      throw BenchmarkError(
        "\(count) configurations are asked for, and there are only \(possible) different ones", kind: .usage)
    }
    var found: [BitConfiguration] = []
    var seen = Set<BitConfiguration>()
    var index: UInt64 = 0
    func add(_ drawn: BitConfiguration) -> Bool {
      index += 1
      guard seen.insert(drawn).inserted else { return false }
      found.append(drawn)
      return true
    }
    if design == .stratified {
      let purpose = "stratified configuration"
      for stratum in 0..<count {
        let size = size(share: (Double(stratum) + 0.5) / Double(count))
        // The least and the greatest sizes have few configurations.
        for _ in 0..<20
        where add(configuration(bits(ofSizeInBits: size, purpose, index), purpose, index)) { break }
      }
    }
    while found.count < count {
      _ = add(configuration(draw("configuration", index), "configuration", index))
    }
    return found
  }

  /// One configuration for each candidate, with these bits in all free layers and the most for activations.
  public func uniformConfigurations() -> [BitConfiguration] {
    candidates.map {
      costs.uniform($0, activationBits: activationCandidates.last ?? 8, outerLayers: outerLayers)
    }
  }

  /// A size between the least possible (0) and the greatest (1).
  private func size(share: Double) -> Int {
    let least = Double(costs.sizeInBits(costs.uniform(candidates.first ?? 8, outerLayers: outerLayers)))
    let greatest = Double(costs.sizeInBits(costs.uniform(candidates.last ?? 8, outerLayers: outerLayers)))
    return Int((least + share * (greatest - least)).rounded())
  }

  /// Random configurations of nearly a size: below it, and as near as single layers' changes bring them.
  public func configurations(ofSizeInBits size: Int, count: Int) -> [BitConfiguration] {
    (0..<count).map {
      configuration(
        bits(ofSizeInBits: size, "sized configuration", UInt64($0)), "sized configuration", UInt64($0))
    }
  }

  /// Weight bits of nearly a size.
  ///
  /// They begin as a random draw; random layers then lose a step of bits until the size fits, and gain one where
  /// that still fits.
  private func bits(ofSizeInBits greatest: Int, _ purpose: String, _ index: UInt64) -> [Int] {
    var bits = draw(purpose, index)
    var stream = RandomStream(seed: seed, purpose: "\(purpose) order", index: index)
    let free = fixedBits.indices.filter { fixedBits[$0] == nil }
    var size = costs.sizeInBits(BitConfiguration(weightBits: bits, activationBits: 8))
    func step(_ layer: Int, _ direction: Int) -> Int? {
      guard let place = candidates.firstIndex(of: bits[layer]) else { return nil }
      return candidates.indices.contains(place + direction) ? candidates[place + direction] : nil
    }
    while size > greatest {
      guard let layer = free.filter({ step($0, -1) != nil }).randomElement(using: &stream),
        let lower = step(layer, -1)
      else { break }
      size -= costs.layers[layer].parameters * (bits[layer] - lower)
      bits[layer] = lower
    }
    var isChanged = true
    while isChanged {
      isChanged = false
      for layer in free.shuffled(using: &stream) {
        guard let higher = step(layer, 1) else { continue }
        let grown = size + costs.layers[layer].parameters * (higher - bits[layer])
        if grown <= greatest {
          size = grown
          bits[layer] = higher
          isChanged = true
        }
      }
    }
    return bits
  }
}
