import Allocation
import BitModel
import Foundations
import Testing

@Suite("Exact allocation of values of pairs")
struct QuadraticAllocationTests {
  /// Random values of choices and of pairs of choices.
  private func values(_ space: AllocationSpace, seed: Int, pairScale: Double = 1) -> AllocationValues {
    var stream = RandomStream(seed: 5, purpose: "values of pairs", index: UInt64(seed))
    func random(_ scale: Double) -> Double { scale * (stream.uniform() - 0.5) }
    let groups = space.choices.map { $0.map { _ in random(2) } }
    var pairs: [AllocationValues.Pair] = []
    for first in space.choices.indices {
      for second in space.choices.indices.dropFirst(first + 1) where stream.uniform() < 0.8 {
        pairs.append(
          .init(
            first, second,
            values: space.choices[first].map { _ in space.choices[second].map { _ in random(pairScale) } }))
      }
    }
    return AllocationValues(groups, pairs: pairs)
  }

  @Test(
    "equals brute force on random small cases with up to four budgets and tied layers", arguments: 0..<100)
  func bruteForce(index: Int) throws {
    let small = try SmallCase(index: index)
    let values = values(small.space, seed: index)
    var all: [[Int]] = [[]]
    for choices in small.space.choices { all = all.flatMap { known in choices.indices.map { known + [$0] } } }
    let within = try all.filter { try small.space.keeps(small.bounds, small.space.configuration($0)) }
    let exact = try ExactAllocation(space: small.space, bounds: small.bounds)
    guard let best = within.map({ values.sum($0) }).max() else {
      #expect(throws: AllocationError.self) { _ = try exact.best(values: values) }
      return
    }
    let found = try exact.best(values: values)
    #expect(try small.space.keeps(small.bounds, found.configuration))
    #expect(abs(found.score - best) < 1e-8 && found.isProvenOptimal)
  }

  @Test("a dozen layers with all pairs take seconds at most, and what is not proven has a gap")
  func size() throws {
    let layers = (0..<14).map { LayerCost(name: "l\($0)", parameters: 100 + 37 * $0, macs: 1000) }
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 3, 4], activationBits: [8])
    let bounds = try space.bounds([Budget(parsing: "3bits")])
    let (clock, exact) = (ContinuousClock(), try ExactAllocation(space: space, bounds: bounds))
    var found: Allocation?
    let values = values(space, seed: 1, pairScale: 0.3)
    let time = try clock.measure { found = try exact.best(values: values) }
    let allocation = try #require(found)
    #expect(allocation.gap != nil && time < .seconds(20), "\(time) \(allocation.gap ?? .nan)")
    #expect(try space.keeps(bounds, allocation.configuration))
  }

  @Test("values that do not fit the choices are refused")
  func misfit() throws {
    let small = try SmallCase(index: 0)
    let exact = try ExactAllocation(space: small.space, bounds: small.bounds)
    let groups = small.space.choices.map { $0.map { _ in 0.0 } }
    let pair = AllocationValues.Pair(0, groups.count, values: [[1]])
    #expect(throws: AllocationError.self) {
      _ = try exact.best(values: AllocationValues(groups, pairs: [pair]))
    }
  }
}
