import BitModel
import Foundations

/// Chooses bits for a score that is no sum over layers, by climbing from several starts.
///
/// A climb takes the best neighbour within the bounds as long as it is better: one group with another choice, or two
/// groups at once, of which those are scored whose single changes promise most. Where it ends, a few random changes begin
/// the next climb. Where there are few configurations in all, each one is scored instead, and the best one is proven.
public struct LocalSearchAllocation: Sendable {
  /// What is chosen among.
  public let space: AllocationSpace
  /// What the choice has to keep.
  public let bounds: [ResourceBound]
  /// Pairs of changes that are scored at each step, at most.
  public var pairs = 256
  /// Climbs that begin with random changes of the best choice so far.
  public var restarts = 8
  /// Configurations up to which all are scored.
  public var exhaustiveLimit = 4096
  /// The seed.
  public let seed: UInt64

  /// Makes a search.
  public init(space: AllocationSpace, bounds: [ResourceBound], seed: UInt64) {
    self.space = space
    self.bounds = bounds
    self.seed = seed
  }

  /// A choice with its score.
  private struct Candidate {
    let positions: [Int]
    let score: Double

    /// Whether it is the better one; among equal scores the lexicographically first.
    func isBetter(than other: Candidate?) -> Bool {
      guard let other else { return true }
      return score != other.score ? score > other.score : positions.lexicographicallyPrecedes(other.positions)
    }
  }

  /// The best choice found.
  ///
  /// - Parameters:
  ///   - starts: configurations of the space to begin with; those beyond a bound are brought within it.
  ///   - scoring: scores choices.
  /// - Throws: ``AllocationError`` that says the least that is possible where no choice keeps the bounds.
  /// - Complexity: for each step, a score of each choice of each group and of ``pairs`` pairs of them.
  public func best(starts: [BitConfiguration], scoring: some NeighborScoring) throws -> Allocation {
    // Any values do: this says whether the bounds can be kept, and where from.
    let least = try space.positions(
      of: ExactAllocation(space: space, bounds: bounds).best(
        values: space.choices.map { $0.map { -Double($0.weightBits * $0.activationBits) } }
      ).configuration)
    var scoring = scoring
    if let all = try exhaustive(&scoring) { return allocation(all, .exhaustive, gap: 0) }
    var stream = RandomStream(seed: seed, purpose: "allocation by local search")
    var best: Candidate?
    for start in try starts.map(space.positions(of:)) + [least] {
      let start = try repaired(start, towards: least, &stream)
      if let found = try climb(from: start, &scoring), found.isBetter(than: best) { best = found }
    }
    guard var best else {
      throw AllocationError("the proxy has no finite score of any bits within the budget")
    }
    let free = space.choices.indices.filter { space.choices[$0].count > 1 }
    for _ in 0..<restarts where !free.isEmpty {
      var positions = best.positions
      for _ in 0..<max(2, free.count / 6) {
        let group = free[stream.integer(below: free.count)]
        positions[group] = stream.integer(below: space.choices[group].count)
      }
      let start = try repaired(positions, towards: least, &stream)
      if let found = try climb(from: start, &scoring), found.isBetter(than: best) { best = found }
    }
    return allocation(best, .localSearch, gap: nil)
  }

  private func allocation(_ candidate: Candidate, _ method: Allocation.Method, gap: Double?) -> Allocation {
    Allocation(
      configuration: space.configuration(candidate.positions), score: candidate.score, method: method,
      gap: gap)
  }

  private func keeps(_ positions: [Int]) throws -> Bool {
    try space.keeps(bounds, space.configuration(positions))
  }

  /// The best of all choices; nil where there are too many of them, or none has a score.
  private func exhaustive(_ scoring: inout some NeighborScoring) throws -> Candidate? {
    var count = 1
    for choices in space.choices where count <= exhaustiveLimit { count *= choices.count }
    guard count <= exhaustiveLimit else { return nil }
    var all: [[Int]] = [[]]
    for choices in space.choices {
      all = all.flatMap { known in choices.indices.map { known + [$0] } }
    }
    let within = try all.filter(keeps)
    let origin = space.choices.map { _ in 0 }
    _ = try scoring.move(to: origin)
    let scores = try scoring.scores(
      changing: within.map { positions in
        positions.indices.filter { positions[$0] != 0 }.map {
          GroupChange(group: $0, position: positions[$0])
        }
      })
    var best: Candidate?
    for (positions, score) in zip(within, scores) {
      guard let score, score.isFinite else { continue }
      let candidate = Candidate(positions: positions, score: score)
      if candidate.isBetter(than: best) { best = candidate }
    }
    return best
  }

  /// The choice at the end of a climb; nil where its beginning has no score.
  private func climb(from start: [Int], _ scoring: inout some NeighborScoring) throws -> Candidate? {
    guard let score = try scoring.move(to: start), score.isFinite else { return nil }
    var current = Candidate(positions: start, score: score)
    while let next = try neighbor(of: current, scoring) {
      guard let score = try scoring.move(to: next.positions), score > current.score else { break }
      current = Candidate(positions: next.positions, score: score)
    }
    return current
  }

  /// The best neighbour within the bounds that is better.
  private func neighbor(of current: Candidate, _ scoring: some NeighborScoring) throws -> Candidate? {
    let singles = space.choices.indices.flatMap { group in
      space.choices[group].indices.filter { $0 != current.positions[group] }
        .map { GroupChange(group: group, position: $0) }
    }
    let scores = try scoring.scores(changing: singles.map { [$0] })
    var best: Candidate?
    func offer(_ changes: [GroupChange], _ score: Double?) {
      guard let score, score.isFinite, score > current.score else { return }
      let candidate = Candidate(positions: current.positions.changing(changes), score: score)
      if candidate.isBetter(than: best) { best = candidate }
    }
    let isWithin = try singles.map { try keeps(current.positions.changing([$0])) }
    for (index, change) in singles.enumerated() where isWithin[index] { offer([change], scores[index]) }
    var promising: [(changes: [GroupChange], promise: Double)] = []
    for left in singles.indices {
      for right in singles.indices where right > left && singles[left].group != singles[right].group {
        guard let first = scores[left], let second = scores[right], (first + second).isFinite else {
          continue
        }
        promising.append(([singles[left], singles[right]], first + second))
      }
    }
    // Equal promises stand in the order of groups, whatever the sort does.
    let order = promising.indices.sorted {
      promising[$0].promise != promising[$1].promise
        ? promising[$0].promise > promising[$1].promise : $0 < $1
    }
    var chosen: [[GroupChange]] = []
    for index in order where chosen.count < pairs {
      let changes = promising[index].changes
      if try keeps(current.positions.changing(changes)) { chosen.append(changes) }
    }
    for (changes, score) in zip(chosen, try scoring.scores(changing: chosen)) { offer(changes, score) }
    return best
  }

  /// Choices brought within the bounds by giving random groups the bits of a choice that keeps them.
  private func repaired(
    _ positions: [Int], towards least: [Int], _ stream: inout RandomStream
  ) throws -> [Int] {
    var positions = positions
    guard try !keeps(positions) else { return positions }
    for group in Array(positions.indices).shuffled(using: &stream) where positions[group] != least[group] {
      positions[group] = least[group]
      if try keeps(positions) { break }
    }
    return positions
  }
}
