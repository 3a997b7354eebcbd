import Allocation
import Foundations
import Proxies

/// Chooses the bits that a proxy scores highest within budgets: exactly where its score is a sum over layers.
public struct ProxyAllocator: Sendable {
  /// What bits are chosen among.
  public let space: AllocationSpace
  /// The proxy's scores on the network.
  public let scores: LayerBitScores
  /// The seed of a search where the score is no sum.
  public let seed: UInt64
  /// For each group, the part of the score that each of its choices adds.
  private let parts: [[Double]]

  /// Makes an allocator.
  ///
  /// - Throws: `AllocationError` where a layer has no score at bits that it may be given.
  public init(space: AllocationSpace, scores: LayerBitScores, seed: UInt64) throws {
    self.space = space
    self.scores = scores
    self.seed = seed
    parts = try zip(space.groups, space.choices).map { group, choices in
      try choices.map { choice in
        try group.reduce(0) { sum, layer in
          let part = scores.score(
            layer: layer, weightBits: choice.weightBits, activationBits: choice.activationBits)
          // What has no choice adds the same to all sums.
          if part == nil, choices.count == 1, scores.aggregation.isAdditive { return sum }
          guard let part, part.isFinite else {
            throw AllocationError(
              "the proxy has no score of layer \(space.costs.model.layers[layer].name) at \(choice.weightBits) bits"
                + " of its weight and \(choice.activationBits) of its input; statistics of these bits would give it"
            )
          }
          return sum + part
        }
      }
    }
  }

  /// The choice with the highest score within bounds: proven best where the score is a sum over layers, else the best one
  /// that a search finds.
  ///
  /// - Throws: `AllocationError` that says the least that is possible where no choice keeps the bounds.
  public func best(within bounds: [ResourceBound]) throws -> Allocation {
    let exact = try ExactAllocation(space: space, bounds: bounds)
    guard !scores.aggregation.isAdditive else { return try exact.best(values: parts) }
    // Parts of such scores are divergences, lower for better; the least sum is a fair place to begin.
    let start = try exact.best(values: parts.map { $0.map { -$0 } })
    return try EvolutionaryAllocation(space: space, bounds: bounds, seed: seed)
      .best(start: [start.configuration]) { scores.score($0) }
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
}
