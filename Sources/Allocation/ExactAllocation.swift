import Foundation

/// Chooses the bits of each group of layers exactly, by integer programming with COIN-OR's CBC.
///
/// Maximizes the sum of values over groups, one choice a group, with each resource within its bound: the
/// multiple-choice knapsack problem with several constraints. Among equal sums of values the smaller size is not
/// guaranteed.
///
///     let allocation = try ExactAllocation(space: space, bounds: space.bounds([Budget(parsing: "3bits")]))
///     let best = try allocation.best(values: values)
public struct ExactAllocation: Sendable {
  /// What is chosen among.
  public let space: AllocationSpace
  /// What the choice has to keep.
  public let bounds: [ResourceBound]
  /// Nodes of the search tree after which the best choice so far is taken.
  public let nodeLimit: Int
  private let constraints: [ResourceConstraint]

  /// Makes an allocation.
  ///
  /// - Throws: ``AllocationError`` where a resource's costs are not known.
  public init(space: AllocationSpace, bounds: [ResourceBound], nodeLimit: Int = 50_000) throws {
    self.space = space
    self.bounds = bounds
    self.nodeLimit = nodeLimit
    constraints = try bounds.map { try ResourceConstraint($0.resource, bound: $0.bound, space: space) }
  }

  /// The choice with the greatest sum of values.
  ///
  /// - Parameter values: for each group, the value of each choice; higher is better.
  /// - Throws: ``AllocationError`` that says the least that is possible where no choice keeps the bounds.
  /// - Complexity: milliseconds for 53 groups of 7 choices; exponential at worst, up to ``nodeLimit``.
  public func best(values: [[Double]]) throws -> Allocation { try best(values: AllocationValues(values)) }

  /// The choice with the greatest sum of values, those of pairs of groups among them: a quadratic program of choices.
  ///
  /// - Throws: ``AllocationError`` that says the least that is possible where no choice keeps the bounds.
  /// - Complexity: a second for 12 groups of 3 choices where all pairs have values; exponential at worst, up to
  ///   ``nodeLimit``.
  public func best(values: AllocationValues) throws -> Allocation {
    guard values.fits(space.choices.map(\.count)) else {
      throw AllocationError("values and choices of the groups do not fit", kind: .software)
    }
    guard values.areFinite else {
      throw AllocationError("a layer's score is not a finite number, so no best choice exists")
    }
    guard let solution = try solve(values) else { throw try infeasible() }
    return Allocation(
      configuration: space.configuration(solution.positions), score: values.sum(solution.positions),
      method: .exact, gap: solution.gap)
  }

  /// Differences of sums that count as none, as a share of the greatest difference of a group's values.
  private static let tolerance = 1e-9
  /// Programs that are solved before what is left open is reported.
  private static let attempts = 50
  /// By how much, relatively, bounds are lower where no choice was found next to them: more than the solver's tolerance.
  private static let margin = 1e-6

  /// The best positions; nil where none keep the bounds.
  ///
  /// The solver keeps rows and compares sums to its tolerances only, so what it finds is held against the bounds and sums
  /// themselves. A choice that breaks a bound is excluded, with all that take no less in any group; one that keeps them is
  /// excluded, too, where its sum is below the solver's bound, and the next is asked for, until none can be better.
  /// Nothing is excluded that keeps the bounds and is not known, so the gap is true.
  private func solve(_ values: AllocationValues) throws -> IntegerProgram.Solution? {
    var exclusions: [IntegerProgram.Exclusion] = []
    var best: (positions: [Int], sum: Double)?
    var most = Double.infinity
    for _ in 0..<Self.attempts {
      let program = program(values, excluding: exclusions)
      guard let solution = try program.solve() else {
        // What was excluded as known is all that there is.
        return best.map { .init(positions: $0.positions, gap: 0, isComplete: true) }
      }
      let found = values.sum(solution.positions)
      most = min(most, max(best?.sum ?? -.infinity, found + solution.gap))
      let broken = try brokenBounds(solution.positions)
      exclusions += broken.map { constraints[$0].exclusion(of: solution.positions) }
      guard broken.isEmpty else { continue }
      if found > best?.sum ?? -.infinity { best = (solution.positions, found) }
      guard let best else { continue }
      let gap = most - best.sum
      if gap <= Self.tolerance * program.spread {
        return .init(positions: best.positions, gap: 0, isComplete: true)
      }
      guard solution.isComplete else {
        return .init(positions: best.positions, gap: gap, isComplete: false)
      }
      exclusions.append(
        zip(values.groups, solution.positions).map { group, position in group.indices.map { $0 == position } }
      )
    }
    if let best { return .init(positions: best.positions, gap: most - best.sum, isComplete: false) }
    let inner = constraints.map { $0.within($0.bound * (1 - Self.margin)) }
    guard let solution = try program(values, within: inner, excluding: exclusions).solve(),
      try brokenBounds(solution.positions).isEmpty
    else {
      throw AllocationError(
        "no choice that surely keeps the bounds was found so near to them", kind: .software)
    }
    return .init(
      positions: solution.positions, gap: most - values.sum(solution.positions), isComplete: false)
  }

  private func program(
    _ values: AllocationValues, within constraints: [ResourceConstraint]? = nil,
    excluding exclusions: [IntegerProgram.Exclusion]
  ) -> IntegerProgram {
    IntegerProgram(
      values: values, constraints: constraints ?? self.constraints, excluding: exclusions,
      nodeLimit: nodeLimit)
  }

  /// The bounds that a choice breaks.
  private func brokenBounds(_ positions: [Int]) throws -> [Int] {
    let configuration = space.configuration(positions)
    return try bounds.indices.filter { try !space.keeps([bounds[$0]], configuration) }
  }

  /// The error that says how much is needed of each resource.
  private func infeasible() throws -> AllocationError {
    let needs = try bounds.indices.map { index -> (text: String, isAlone: Bool) in
      let (resource, bound) = (bounds[index].resource, bounds[index].bound)
      func least(_ others: [Double]) throws -> Double? {
        // What is asked for is the least cost, so its own bound is lifted.
        let program = IntegerProgram(
          minimizing: constraints[index], choices: space.choices,
          within: zip(constraints, others).enumerated().filter { $0.offset != index }.map {
            $0.element.0.within($0.element.1)
          }, nodeLimit: nodeLimit)
        return try program.solve().map {
          try space.costs.cost(resource, of: space.configuration($0.positions))
        }
      }
      let alone = try least(bounds.map { _ in .infinity }) ?? 0
      let name = resource.described(bound)
      if alone > bound {
        return ("\(name) is below the least possible, \(resource.described(alone, rounding: .up))", true)
      }
      let together = try least(bounds.map(\.bound))
      return (
        together.map {
          "\(name) is below \(resource.described($0, rounding: .up)), the least within the other budgets"
        }
          ?? "", false
      )
    }
    let alone = needs.filter(\.isAlone).map(\.text)
    let reasons = alone.isEmpty ? needs.map(\.text).filter { !$0.isEmpty } : alone
    return AllocationError(
      "no bits keep the budget: \(reasons.isEmpty ? "together they ask for too much" : reasons.joined(separator: "; "));"
        + " allow other bits or a larger budget",
      kind: .usage)
  }
}
