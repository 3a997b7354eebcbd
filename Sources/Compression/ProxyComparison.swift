import Allocation
import Benchmarks
import BitModel
import Foundations
import LayerStatistics
import Network
import Proxies

/// Measures bits that different proxies choose within the same bounds, beside uniform and random ones.
public struct ProxyComparison: Sendable {
  /// A row of the comparison.
  public struct Entry: Sendable {
    /// Who chose.
    public let name: String
    /// Whether that is the float network, a reference or a proxy.
    public let kind: Kind
    /// The bits; nil of the float network.
    public let configuration: BitConfiguration?
    /// What the network makes of the proof's images.
    public let evaluation: Evaluation

    package init(name: String, kind: Kind, configuration: BitConfiguration?, evaluation: Evaluation) {
      (self.name, self.kind, self.configuration, self.evaluation) = (name, kind, configuration, evaluation)
    }
  }

  /// What a row is.
  public enum Kind: String, Sendable {
    /// The network as it was.
    case float
    /// Bits that nothing was chosen by.
    case reference
    /// Bits that a proxy chose.
    case proxy
  }

  /// Proxies with what they are called.
  public typealias Named = (label: String, proxy: any ScoringProxy)

  private let compression: Compression
  private let proxies: [Named]
  private let randomCount: Int
  private let seed: UInt64

  /// Makes a comparison.
  ///
  /// - Parameters:
  ///   - compression: the network, its examples and budgets.
  ///   - proxies: what is compared.
  ///   - randomCount: random configurations of the size, of which the lower median is shown; 0 for none.
  ///   - seed: what randomness is derived from.
  public init(_ compression: Compression, proxies: [Named], randomCount: Int, seed: UInt64) {
    self.compression = compression
    self.proxies = proxies
    self.randomCount = randomCount
    self.seed = seed
  }

  /// Proxies that come with the library, and all handcrafted ones.
  public static func allProxies() throws -> [Named] {
    try ShippedProxy.allCases.map { ("\($0.rawValue).json", try $0.proxy()) }
      + HandcraftedProxy.all.map { ($0.name, $0) }
  }

  /// Statistics of weights, gradients and second derivatives on few images, and what rounding does on more.
  ///
  /// - Parameters:
  ///   - images: images to compute what rounding does on; nil for as many as fit the network.
  ///   - gradientImages: images for the others, at most.
  public func statistics(images: Int?, gradientImages: Int) throws -> NetworkStatistics {
    let chosen = proxies.map(\.proxy)
    let count = min(gradientImages, compression.images.chosenBy.count)
    var result = try compression.statistics(for: chosen, images: count, scope: .tensors)
    let forward = chosen.filter { !$0.perturbations.isEmpty || !$0.responses.isEmpty }
    guard !forward.isEmpty else { return result }
    let further = try compression.statistics(
      for: forward, images: images, scope: [.perturbations, .responses])
    result.perturbations = further.perturbations
    result.responses = further.responses
    return result
  }

  /// Chooses and measures.
  ///
  /// Proxies that are not defined on the network are left out with a notice.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func entries(_ statistics: NetworkStatistics) throws -> [Entry] {
    let (context, images) = (compression.context, compression.images.proof)
    for (label, proxy) in proxies where !proxy.seesChoices(ofActivationBits: compression.space.activationBits)
    {
      context.notice("\(label): does not see bits of layers' inputs, so it is left out")
    }
    var known: [BitConfiguration: Evaluation] = [:]
    func entry(_ name: String, _ kind: Kind, _ configuration: BitConfiguration) throws -> Entry {
      let found =
        try known[configuration]
        ?? compression.evaluation(of: compression.quantized(configuration), on: images)
      known[configuration] = found
      return Entry(name: name, kind: kind, configuration: configuration, evaluation: found)
    }
    var entries = [
      Entry(
        name: "float", kind: .float, configuration: nil,
        evaluation: try compression.floatEvaluation(on: images))
    ]
    return try context.stage("measuring configurations") { progress in
      let counter = ProgressCounter(total: proxies.count + randomCount + 1, handler: progress)
      if let (bits, configuration) = uniform() {
        entries.append(try entry("uniform \(bits) bits", .reference, configuration))
      }
      counter.advance()
      let random = try random().map { configuration in
        defer { counter.advance() }
        return try entry("random", .reference, configuration)
      }
      entries += Self.lowerMedian(random)
      for (label, proxy) in proxies {
        defer { counter.advance() }
        do {
          let allocated = try compression.allocator(proxy, statistics).best(within: compression.bounds)
          entries.append(try entry(label, .proxy, allocated.configuration))
        } catch let error as ProxyError {
          context.notice("\(label): \(error.description)")
        } catch let error as AllocationError {
          context.notice("\(label): \(error.description)")
        }
      }
      return entries
    }
  }

  private var freeChoices: [BitChoice] { compression.space.choices.filter { $0.count > 1 }.flatMap(\.self) }

  /// The most uniform bits within the bounds.
  private func uniform() -> (bits: Int, configuration: BitConfiguration)? {
    let space = compression.space
    let choices = freeChoices.isEmpty ? Array(space.choices.joined()) : freeChoices
    return Set(choices.map(\.weightBits)).sorted(by: >).lazy.compactMap { bits in
      let positions = space.choices.map { choices in
        choices.lastIndex { $0.weightBits == bits } ?? choices.count - 1
      }
      let configuration = space.configuration(positions)
      guard (try? space.keeps(compression.bounds, configuration)) == true else { return nil }
      return (bits, configuration)
    }.first
  }

  /// Random bits of the size, where a size is all that is bounded and all inner layers are free.
  private func random() throws -> [BitConfiguration] {
    let (space, bounds) = (compression.space, compression.bounds)
    guard randomCount > 0, !freeChoices.isEmpty, space.isPlain(outerLayers: .keepEight),
      let size = bounds.first(where: { $0.resource == .size }), bounds.count == 1
    else { return [] }
    let sampler = try ConfigurationSampler(
      costs: space.costs.model, candidates: Set(freeChoices.map(\.weightBits)).sorted(),
      activationCandidates: Set(freeChoices.map(\.activationBits)).sorted(), seed: seed)
    return sampler.configurations(ofSizeInBits: Int(min(size.bound, 1e15)), count: randomCount)
  }

  private static func lowerMedian(_ random: [Entry]) -> [Entry] {
    guard !random.isEmpty else { return [] }
    let median = random.sorted { $0.evaluation.top1 < $1.evaluation.top1 }[(random.count - 1) / 2]
    return [
      Entry(
        name: "random, median of \(random.count)", kind: .reference, configuration: median.configuration,
        evaluation: median.evaluation)
    ]
  }
}

extension AllocationSpace {
  /// Whether every layer chooses by itself, and only the outer ones have bits that are fixed.
  func isPlain(outerLayers: OuterLayers) -> Bool {
    let count = costs.model.layers.count
    return groups.count == count
      && isFixed.enumerated().allSatisfy { layer, isFixed in
        let bits = outerLayers.fixedBits(layer: layer, of: costs.model)
        return isFixed == (bits != nil)
          && (bits == nil || choices[layer].allSatisfy { $0.weightBits == bits })
      }
  }
}
