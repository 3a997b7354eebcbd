import Allocation
import BitModel
import Foundations
import LayerStatistics
import Proxies

/// Chooses the bits that a proxy scores highest within budgets: exactly where its score is a sum over layers.
public struct ProxyAllocator: Sendable {
  /// What bits are chosen among.
  public let space: AllocationSpace
  /// The proxy's scores on the network.
  public let scores: any ConfigurationScoring
  /// The seed of a search where the score is no sum.
  public let seed: UInt64
  /// Configurations up to which all are scored where the score is no sum.
  package var exhaustiveLimit: Int?
  /// For each group, the part of the score that each of its choices adds, or what stands for it where a search begins.
  private let parts: [[Double]]

  /// Makes an allocator.
  ///
  /// - Throws: `AllocationError` where a layer has no score at bits that it may be given.
  public init(space: AllocationSpace, scores: any ConfigurationScoring, seed: UInt64) throws {
    self.space = space
    self.scores = scores
    self.seed = seed
    parts =
      if let layers = scores as? LayerBitScores {
        try Self.parts(space, layers)
      } else {
        try Self.parts(space, scores)
      }
  }

  /// Makes an allocator of a proxy.
  ///
  /// - Parameters:
  ///   - space: the configurations to choose among.
  ///   - proxy: what they are scored by.
  ///   - statistics: those of the network.
  ///   - rounding: the name of the rounding that is meant; nil where the statistics are of one only.
  ///   - seed: what randomness is derived from.
  /// - Throws: `ProxyError` where the statistics do not have what the proxy takes; `AllocationError` as otherwise.
  public init(
    space: AllocationSpace, proxy: any ScoringProxy, _ statistics: NetworkStatistics,
    roundingNamed rounding: String?,
    seed: UInt64
  ) throws {
    let inputs =
      try rounding.map { try ProxyInputs(statistics, roundingNamed: $0) } ?? ProxyInputs(statistics)
    try self.init(
      space: space, scores: proxy.scores(inputs, choosingActivationBits: space.activationBits), seed: seed)
  }

  /// The parts of a score that is made of one number a layer.
  private static func parts(_ space: AllocationSpace, _ scores: LayerBitScores) throws -> [[Double]] {
    try zip(space.groups, space.choices).map { group, choices in
      try choices.map { choice in
        let sum = try group.reduce(0) { sum, layer in
          let part = scores.score(
            layer: layer, weightBits: choice.weightBits, activationBits: choice.activationBits)
          // What has no choice adds the same to all sums.
          if part == nil, choices.count == 1, scores.aggregation.isAdditive { return sum }
          guard let part, part.isFinite else { throw missing(space, layer, choice) }
          return sum + part
        }
        // Parts that are no summands are divergences, lower for better; the least sum is a fair place to begin.
        return scores.aggregation.isAdditive ? sum : -sum
      }
    }
  }

  /// What single changes of the middle choices do to a score of other kinds.
  private static func parts(
    _ space: AllocationSpace, _ scores: any ConfigurationScoring
  ) throws -> [[Double]] {
    let middle = space.choices.map { $0.count / 2 }
    return try space.choices.indices.map { group in
      try space.choices[group].indices.map { position in
        var positions = middle
        positions[group] = position
        guard let score = scores.score(space.configuration(positions)), score.isFinite else {
          throw missing(space, space.groups[group][0], space.choices[group][position])
        }
        return score
      }
    }
  }

  private static func missing(_ space: AllocationSpace, _ layer: Int, _ choice: BitChoice) -> AllocationError
  {
    AllocationError(
      "the proxy has no score of layer \(space.costs.model.layers[layer].name) at \(choice.weightBits) bits"
        + " of its weight and \(choice.activationBits) of its input; statistics of these bits would give it")
  }

  /// The choice with the highest score within bounds: proven best where the score is a sum over layers, else the best one
  /// that a search finds.
  ///
  /// - Throws: `AllocationError` that says the least that is possible where no choice keeps the bounds.
  public func best(within bounds: [ResourceBound]) throws -> Allocation {
    let start = try ExactAllocation(space: space, bounds: bounds).best(values: parts)
    if (scores as? LayerBitScores)?.aggregation.isAdditive == true { return start }
    if let pairwise = scores as? PairwiseScores, let values = AllocationValues(pairwise, in: space),
      let found = try best(values, within: bounds)
    {
      return Allocation(
        configuration: found.configuration, score: scores.score(found.configuration) ?? found.score,
        method: found.method, gap: found.gap)
    }
    var search = LocalSearchAllocation(space: space, bounds: bounds, seed: seed)
    if let exhaustiveLimit { search.exhaustiveLimit = exhaustiveLimit }
    if let superposed = scores as? SuperposedScores {
      return try search.best(
        starts: [start.configuration], scoring: SuperpositionNeighbors(space: space, scores: superposed))
    }
    return try search.best(
      starts: [start.configuration], scoring: PlainNeighborScoring(space: space) { scores.score($0) })
  }

  /// The best choice by values of pairs: proven where an integer program of them is small; nil where there is no way to find
  /// it but that of scores of all kinds.
  private func best(_ values: AllocationValues, within bounds: [ResourceBound]) throws -> Allocation? {
    if AllocationValues.areFew(in: space) {
      return try ExactAllocation(space: space, bounds: bounds).best(values: values)
    }
    guard bounds.count == 1,
      let climb = try QuadraticClimb(values: values, space: space, resource: bounds[0].resource),
      let positions = climb.best(within: bounds[0].bound)
    else { return nil }
    return Allocation(
      configuration: space.configuration(positions), score: climb.value(positions), method: .localSearch,
      gap: nil)
  }

  /// The best choices for bounds of one resource from the least to the greatest, of which none is worse and takes more
  /// than another.
  ///
  /// - Returns: nil where the user asked to stop.
  /// - Throws: `AllocationError` where not even the greatest bound can be kept.
  public func sweep(
    _ resource: Resource, within bounds: [ResourceBound], count: Int, progress: ProgressHandler?,
    isCancelled: CancellationCheck
  ) throws -> [ParetoFront.Point]? {
    try ParetoFront.sweep(
      resource, in: space, within: bounds, count: count, progress: progress, isCancelled: isCancelled,
      best: best(within:))
  }
}

extension AllocationSpace {
  /// By group of layers, the bits that inputs may have.
  public var activationBits: [Set<Int>] { choices.map { Set($0.map(\.activationBits)) } }

  /// By layer, the bits that it may have.
  public var layerChoices: [[BitChoice]] {
    var result = [[BitChoice]](repeating: [], count: costs.model.layers.count)
    for (group, choices) in zip(groups, choices) {
      for layer in group { result[layer] = choices }
    }
    return result
  }
}
