import BitModel

/// Refines a choice of bits by measuring neighbouring choices.
///
/// What layers do together only a measurement shows in full. Neighbours give one group of layers
/// the next more bits, and take the next fewer from another one where a bound asks for it. They are measured in the order
/// of the proxy's scores, and the search resumes from the first one that diverges less.
public struct MeasuredRefinement: Sendable {
  /// What is chosen among.
  public let space: AllocationSpace
  /// What choices have to keep.
  public let bounds: [ResourceBound]
  /// Configurations to measure, at most.
  public let evaluations: Int

  /// A configuration and how far its predictions diverge.
  public struct Measured: Sendable, Equatable {
    /// The bits.
    public let configuration: BitConfiguration
    /// The divergence from the network that it replaces.
    public let divergence: Double
  }

  /// The best choice and the way there.
  public struct Outcome: Sendable, Equatable {
    /// The best choice.
    public let configuration: BitConfiguration
    /// The divergence of the first start.
    public let startDivergence: Double
    /// The divergence of the best choice.
    public let divergence: Double
    /// Configurations that were measured, with their divergences, in the order of the choices.
    public let measured: [Measured]

    /// How many configurations were measured.
    public var evaluations: Int { measured.count }
  }

  /// Makes a refinement.
  public init(space: AllocationSpace, bounds: [ResourceBound], evaluations: Int) {
    self.space = space
    self.bounds = bounds
    self.evaluations = evaluations
  }

  private struct Move {
    let positions: [Int]
    let score: Double
  }

  /// The best choice that is found.
  ///
  /// - Parameters:
  ///   - starts: choices to begin with, all within the bounds; the best of them is refined.
  ///   - scores: the proxy's scores of choices, higher for better; nil where one has none.
  ///   - measure: the divergence of a choice from the network that it replaces, lower for better; nil where the user asked
  ///     to stop.
  /// - Returns: nil where the user asked to stop.
  /// - Throws: ``AllocationError`` where no start diverges finitely, or one is not of the space.
  /// - Complexity: ``evaluations`` measurements; O(groups²) scores for each step.
  public func best(
    starts: [BitConfiguration], scores: ([BitConfiguration]) throws -> [Double?],
    measure: (BitConfiguration) throws -> Double?
  ) throws -> Outcome? {
    var known: [[Int]: Double] = [:]
    var current: (positions: [Int], divergence: Double)?
    var first: Double?
    for start in starts where known.count < max(1, evaluations) {
      let positions = try space.positions(of: start)
      guard known[positions] == nil else { continue }
      guard let divergence = try measure(start) else { return nil }
      known[positions] = divergence
      first = first ?? divergence
      if divergence < current?.divergence ?? .infinity { current = (positions, divergence) }
    }
    guard var best = current, let startDivergence = first else {
      throw AllocationError("no choice to begin with has a finite divergence")
    }
    var isRefined = true
    while isRefined, known.count < evaluations {
      isRefined = false
      for move in try moves(from: best.positions, scores: scores) where known[move.positions] == nil {
        guard known.count < evaluations else { break }
        guard let divergence = try measure(space.configuration(move.positions)) else { return nil }
        known[move.positions] = divergence
        guard divergence < best.divergence else { continue }
        best = (move.positions, divergence)
        isRefined = true
        break
      }
    }
    return Outcome(
      configuration: space.configuration(best.positions), startDivergence: startDivergence,
      divergence: best.divergence,
      measured: known.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
        Measured(configuration: space.configuration($0.key), divergence: $0.value)
      })
  }

  /// Neighbours within the bounds, the highest scores first.
  private func moves(from positions: [Int], scores: ([BitConfiguration]) throws -> [Double?]) throws -> [Move]
  {
    var within: [[Int]] = []
    func keep(_ candidate: [Int]) throws -> Bool {
      guard try space.keeps(bounds, space.configuration(candidate)) else { return false }
      within.append(candidate)
      return true
    }
    for group in positions.indices {
      for more in steps(from: positions[group], group: group, direction: 1) {
        var raised = positions
        raised[group] = more
        if try keep(raised) { continue }
        for other in positions.indices where other != group {
          for fewer in steps(from: positions[other], group: other, direction: -1) {
            var exchanged = raised
            exchanged[other] = fewer
            _ = try keep(exchanged)
          }
        }
      }
    }
    let values = try scores(within.map(space.configuration))
    let found = zip(within, values).compactMap { positions, score -> Move? in
      guard let score, score.isFinite else { return nil }
      return Move(positions: positions, score: score)
    }
    return found.sorted {
      $0.score != $1.score
        ? $0.score > $1.score : $0.positions.lexicographicallyPrecedes($1.positions)
    }
  }

  /// The nearest choices of a group with more, or fewer, bits of weights, and of inputs.
  private func steps(from position: Int, group: Int, direction: Int) -> [Int] {
    let choices = space.choices[group]
    let now = choices[position]
    func nearest(_ isCandidate: (BitChoice) -> Bool, _ distance: (BitChoice) -> Int) -> Int? {
      choices.indices.filter { isCandidate(choices[$0]) && distance(choices[$0]) * direction > 0 }
        .min { abs(distance(choices[$0])) < abs(distance(choices[$1])) }
    }
    let weights = nearest({ $0.activationBits == now.activationBits }) { $0.weightBits - now.weightBits }
    let inputs = nearest({ $0.weightBits == now.weightBits }) { $0.activationBits - now.activationBits }
    return [weights, inputs].compactMap { $0 }
  }
}
