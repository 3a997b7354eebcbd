import Allocation
import BitModel
import Foundations
import Testing

@Suite("Allocation by local search")
struct LocalSearchAllocationTests {
  @Test(
    "sums over layers: climbing comes to what brute force finds, and never breaks a budget", arguments: 0..<40
  )
  func additive(index: Int) throws {
    let small = try SmallCase(index: index)
    guard let best = try small.bruteForce() else { return }
    var search = LocalSearchAllocation(space: small.space, bounds: small.bounds, seed: 1)
    search.exhaustiveLimit = 0
    let table = Dictionary(
      uniqueKeysWithValues: zip(small.space.choices, small.values).enumerated().flatMap { group, lists in
        zip(lists.0, lists.1).map { (["\(group)", "\($0.weightBits)", "\($0.activationBits)"], $1) }
      })
    func score(_ configuration: BitConfiguration) -> Double? {
      small.space.groups.enumerated().reduce(0) { sum, group in
        let layer = group.element[0]
        let key = [
          "\(group.offset)", "\(configuration.weightBits[layer])", "\(configuration.activationBits[layer])",
        ]
        return sum + (table[key] ?? .nan)
      }
    }
    let scoring = PlainNeighborScoring(space: small.space) { score($0) }
    let allocation = try search.best(starts: [], scoring: scoring)
    #expect(try small.space.keeps(small.bounds, allocation.configuration))
    #expect(abs(allocation.score - best) < 1e-9)
    #expect(allocation.gap == nil && allocation.method == .localSearch)
    #expect(try search.best(starts: [], scoring: scoring) == allocation)
  }
}
