import BitModel
import Foundations

/// Chooses bits for a score that is no sum over layers, by mutation and selection.
///
/// A population of choices within the bounds, begun from given ones, the least and random ones; parents win
/// tournaments of three, children mix two parents and change a few groups, what breaks a bound is given fewer bits
/// group by group, and the best of old and new stay. Nothing is proven about the result.
public struct EvolutionaryAllocation: Sendable {
  /// What is chosen among.
  public let space: AllocationSpace
  /// What the choice has to keep.
  public let bounds: [ResourceBound]
  /// Choices that live at once.
  public var population = 64
  /// Rounds of children, as many as the population.
  public var generations = 300
  /// The seed.
  public let seed: UInt64

  /// Makes a search.
  public init(space: AllocationSpace, bounds: [ResourceBound], seed: UInt64) {
    self.space = space
    self.bounds = bounds
    self.seed = seed
  }

  private struct Individual {
    let positions: [Int]
    let score: Double
  }

  /// The order of survival; equal scores in an order of their own, so that results do not depend on the sort.
  private func isBetter(_ left: Individual, _ right: Individual) -> Bool {
    left.score != right.score
      ? left.score > right.score : left.positions.lexicographicallyPrecedes(right.positions)
  }

  /// The best choice found.
  ///
  /// - Parameters:
  ///   - start: configurations of the space to begin with; those beyond a bound are brought within it.
  ///   - score: the score of a configuration, higher for better; nil where it has none.
  /// - Throws: ``AllocationError`` that says the least that is possible where no choice keeps the bounds.
  public func best(start: [BitConfiguration], score: (BitConfiguration) throws -> Double?) throws
    -> Allocation
  {
    // Any values do: this says whether the bounds can be kept, and where from.
    let exact = try ExactAllocation(space: space, bounds: bounds)
    let least = try exact.best(
      values: space.choices.map { $0.map { -Double($0.weightBits * $0.activationBits) } })
    let leastPositions = try space.positions(of: least.configuration)

    var known: [[Int]: Double] = [:]
    func measured(_ positions: [Int]) throws -> Individual? {
      if let score = known[positions] { return Individual(positions: positions, score: score) }
      guard let value = try score(space.configuration(positions)), value.isFinite else { return nil }
      known[positions] = value
      return Individual(positions: positions, score: value)
    }
    var stream = RandomStream(seed: seed, purpose: "evolutionary allocation")
    var living: [Individual] = []
    var isAlive = Set<[Int]>()
    func admit(_ positions: [Int]) throws {
      let kept = try repaired(positions, towards: leastPositions, &stream)
      guard isAlive.insert(kept).inserted, let individual = try measured(kept) else { return }
      living.append(individual)
    }
    for positions in try [leastPositions] + start.map(space.positions(of:)) { try admit(positions) }
    for _ in living.count..<max(population, living.count) {
      try admit(space.choices.map { stream.integer(below: $0.count) })
    }
    guard !living.isEmpty else {
      throw AllocationError("the proxy has no finite score of any bits within the budget")
    }
    let free = space.choices.indices.filter { space.choices[$0].count > 1 }
    for _ in 0..<generations where !free.isEmpty {
      let parents = living
      func parent() -> [Int] {
        let drawn = (0..<3).map { _ in parents[stream.integer(below: parents.count)] }
        return drawn.max { $0.score < $1.score }?.positions ?? leastPositions
      }
      for _ in 0..<population {
        let (left, right) = (parent(), parent())
        var child = zip(left, right).map { stream.uniform() < 0.5 ? $0 : $1 }
        for _ in 0...stream.integer(below: 3) {
          let group = free[stream.integer(below: free.count)]
          child[group] = stream.integer(below: space.choices[group].count)
        }
        try admit(child)
      }
      living.sort(by: isBetter)
      isAlive.subtract(living.dropFirst(population).map(\.positions))
      living = Array(living.prefix(population))
    }
    let best = living.min(by: isBetter) ?? living[0]
    return Allocation(
      configuration: space.configuration(best.positions), score: best.score, method: .evolutionary, gap: nil)
  }

  /// Choices brought within the bounds by giving random groups the bits of a choice that keeps them.
  private func repaired(
    _ positions: [Int], towards least: [Int], _ stream: inout RandomStream
  ) throws -> [Int] {
    var positions = positions
    guard try !space.keeps(bounds, space.configuration(positions)) else { return positions }
    for group in Array(positions.indices).shuffled(using: &stream) where positions[group] != least[group] {
      positions[group] = least[group]
      if try space.keeps(bounds, space.configuration(positions)) { break }
    }
    return positions
  }
}
