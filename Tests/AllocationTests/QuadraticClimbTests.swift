import Foundations
import Testing

import Allocation

@Suite struct QuadraticClimbTests {
  /// Values that shrink with fewer bits, as divergences do, with pairs of either sign.
  private func problem(groups: Int, choices: Int, seed: UInt64) -> (AllocationValues, [[Double]]) {
    var stream = RandomStream(seed: seed, purpose: "quadratic climb test")
    func number() -> Double { Double(stream.integer(below: 1_000_000)) / 1_000_000 }
    let sizes = (0..<groups).map { _ in Double(100 + stream.integer(below: 10_000)) }
    let values = (0..<groups).map { _ in
      let scale = number()
      return (0..<choices).map { -scale * (number() * 0.2 + 1) / Double(1 << (2 * $0)) }
    }
    var pairs: [AllocationValues.Pair] = []
    for left in 0..<groups {
      for right in left + 1..<groups {
        pairs.append(
          .init(
            left, right,
            values: (0..<choices).map { first in
              (0..<choices).map { second in 0.1 * (number() - 0.5) / Double(1 << (first + second)) }
            }))
      }
    }
    let costs = sizes.map { size in (0..<choices).map { size * Double($0 + 2) } }
    return (AllocationValues(values, pairs: pairs), costs)
  }

  @Test(arguments: 1...6) func findsTheBestOfAllWhereAllCanBeTried(_ seed: UInt64) throws {
    let (values, costs) = problem(groups: 7, choices: 3, seed: seed)
    let climb = try QuadraticClimb(values: values, costs: costs)
    let (least, most) = (costs.reduce(0) { $0 + $1[0] }, costs.reduce(0) { $0 + $1[2] })
    for step in 0...20 {
      let bound = least + (most - least) * Double(step) / 20
      var best = -Double.infinity
      for code in 0..<2187 {
        var (rest, positions) = (code, [Int]())
        for _ in 0..<7 { positions.append(rest % 3); rest /= 3 }
        let cost = positions.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] }
        if cost <= bound { best = max(best, values.sum(positions)) }
      }
      let found = try #require(climb.best(within: bound))
      #expect(found.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] } <= bound)
      #expect(abs(climb.value(found) - values.sum(found)) < 1e-12)
      #expect(abs(values.sum(found) - best) < 1e-9)
    }
  }

  @Test func aLargeProblemIsDeterministicAndMonotone() throws {
    let (values, costs) = problem(groups: 50, choices: 3, seed: 9)
    let climb = try QuadraticClimb(values: values, costs: costs)
    let (least, most) = (costs.reduce(0) { $0 + $1[0] }, costs.reduce(0) { $0 + $1[2] })
    #expect(climb.best(within: least - 1) == nil)
    #expect(climb.best(within: least) == [Int](repeating: 0, count: 50))
    let found = (1...10).map { climb.best(within: least + (most - least) * Double($0) / 10) }
    #expect(found == (1...10).map { climb.best(within: least + (most - least) * Double($0) / 10) })
    let sums = found.map { climb.value($0 ?? []) }
    #expect(zip(sums, sums.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(throws: AllocationError.self) {
      try QuadraticClimb(values: AllocationValues([[0, 1]]), costs: [[1]])
    }
    #expect(throws: AllocationError.self) {
      try QuadraticClimb(values: AllocationValues([[0, .nan]]), costs: [[1, 2]])
    }
  }
}
