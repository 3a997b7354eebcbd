import BitModel
import Foundations

/// Which single changes, and which pairs of changes, of a background configuration are run through a network.
///
///     let plan = try ResponsePlan(costs: costs, choices: choices, background: .uniform(3), window: nil)
///     print(plan.runCount, plan.forwardPasses)
///
/// Runs stand in a fixed order: the background itself, then each layer's alternatives, each followed by its pairs.
public struct ResponsePlan: Sendable, Equatable, Codable {
  /// What changes are seen from.
  public let background: ResponseBackground
  /// By layer, the bits in the background; nil where it is not rounded.
  public let base: [BitChoice?]
  /// By layer, the bits that it may have beside those of the background.
  public let alternatives: [[BitChoice]]
  /// Whether layers' inputs are rounded, as they are where their bits are chosen.
  public let roundsInputs: Bool
  /// How many layers apart two layers may be whose interaction is computed; 0 for no interactions.
  public let window: Int
  /// By layer, MACs from this layer to the end.
  private let suffixMACs: [Int]

  /// Plans runs.
  ///
  /// - Parameters:
  ///   - costs: the network's layers.
  ///   - choices: by layer, the bits that it may have.
  ///   - background: what changes are seen from.
  ///   - window: nil for the interactions of all pairs.
  /// - Throws: ``StatisticsError`` where the background is no candidate, or the window is negative.
  public init(costs: CostModel, choices: [[BitChoice]], background: ResponseBackground, window: Int?) throws {
    guard choices.count == costs.layers.count, choices.allSatisfy({ !$0.isEmpty }) else {
      throw StatisticsError(
        "bits of \(choices.count) layers for \(costs.layers.count); each needs one or more")
    }
    if let window, window < 0 {
      throw StatisticsError("a window of \(window) layers; 1 or more are needed, or no interactions")
    }
    self.background = background
    roundsInputs = Set(choices.joined().map(\.activationBits)).count > 1
    self.window = window ?? max(0, choices.count - 1)
    base = try choices.map { choices in
      switch background {
      case .float: return nil
      case .uniform(let bits):
        guard choices.count > 1 else { return choices[0] }
        guard let own = choices.filter({ $0.weightBits == bits }).max() else {
          let known = Set(choices.map(\.weightBits)).sorted().map(String.init).joined(separator: ", ")
          throw StatisticsError(
            "the background \(background) is not among the candidates; one of uniform bits \(known), or float, is"
              + " needed")
        }
        return own
      }
    }
    alternatives = zip(choices, base).map { choices, base in
      Set(choices).subtracting([base].compactMap(\.self)).sorted()
    }
    var rest = 0
    suffixMACs = Array(
      costs.layers.reversed().map {
        rest += $0.macs; return rest
      }.reversed())
  }

  /// By layer, the bits that it may have.
  public var choices: [[BitChoice]] {
    zip(base, alternatives).map { base, others in ([base].compactMap(\.self) + others).sorted() }
  }

  /// Whether all runs of another plan are among these.
  public func covers(_ other: ResponsePlan) -> Bool {
    background == other.background && roundsInputs == other.roundsInputs && window >= other.window
      && choices.count == other.choices.count
      && zip(choices, other.choices).allSatisfy { Set($1).isSubset(of: $0) }
  }

  /// A plan of the bits of both, from the background in their middle where that is uniform, with the narrower window.
  ///
  /// - Throws: ``StatisticsError`` where they are of other layers.
  public func merged(with other: ResponsePlan, costs: CostModel) throws -> ResponsePlan {
    let both = zip(choices, other.choices).map { Array(Set($0 + $1)).sorted() }
    let middle = ResponseBackground.middle(of: both.filter { $0.count > 1 }.joined().map(\.weightBits))
    return try ResponsePlan(
      costs: costs, choices: both, background: background == .float ? .float : middle ?? background,
      window: min(window, other.window))
  }

  /// Whether the parts of a plan that was read fit together.
  func isWhole(layerCount: Int) -> Bool {
    base.count == layerCount && alternatives.count == layerCount && suffixMACs.count == layerCount
      && (0...layerCount).contains(window)
  }

  /// The change of one layer's bits.
  public struct Change: Hashable, Sendable {
    /// The layer.
    public let layer: Int
    /// The position of its bits in ``ResponsePlan/alternatives``.
    public let alternative: Int

    /// Makes a change.
    public init(layer: Int, alternative: Int) {
      self.layer = layer
      self.alternative = alternative
    }
  }

  /// The later layers that a layer's interactions are computed with.
  public func partners(of layer: Int) -> [Int] {
    let last = min(alternatives.count - 1, layer + window)
    return layer < last ? (layer + 1...last).filter { !alternatives[$0].isEmpty } : []
  }

  /// All runs in their order; the background is the one without changes.
  public var runs: [[Change]] {
    var runs: [[Change]] = [[]]
    for (layer, own) in alternatives.enumerated() {
      for alternative in own.indices {
        let change = Change(layer: layer, alternative: alternative)
        runs.append([change])
        for partner in partners(of: layer) {
          runs += alternatives[partner].indices.map { [change, Change(layer: partner, alternative: $0)] }
        }
      }
    }
    return runs
  }

  /// The number of runs.
  public var runCount: Int {
    alternatives.indices.reduce(1) { sum, layer in
      sum + alternatives[layer].count * (1 + partners(of: layer).reduce(0) { $0 + alternatives[$1].count })
    }
  }

  /// Whether interactions are among the runs.
  public var hasInteractions: Bool { runCount > 1 + alternatives.reduce(0) { $0 + $1.count } }

  /// What the runs cost in whole forward passes: each begins at the last layer that it changes.
  public var forwardPasses: Double {
    let whole = Double(max(1, suffixMACs.first ?? 1))
    let macs = alternatives.indices.reduce(whole) { sum, layer in
      let pairs = partners(of: layer).reduce(0.0) {
        $0 + Double(alternatives[$1].count) * Double(suffixMACs[$1])
      }
      return sum + Double(alternatives[layer].count) * (Double(suffixMACs[layer]) + pairs)
    }
    // The float network's outputs are needed beside the background's.
    return macs / whole + (background == .float ? 0 : 1)
  }

  /// The same plan with the widest window whose runs cost at most so many forward passes; without interactions where
  /// no window does.
  public func fitting(forwardPasses limit: Double) -> ResponsePlan {
    var kept = self
    while kept.window > 0, kept.forwardPasses > limit { kept = ResponsePlan(kept, window: kept.window - 1) }
    return kept
  }

  private init(_ other: ResponsePlan, window: Int) {
    background = other.background
    base = other.base
    alternatives = other.alternatives
    suffixMACs = other.suffixMACs
    roundsInputs = other.roundsInputs
    self.window = window
  }
}
