import Allocation
import BitModel
import Foundations
import Testing

@Suite("Evolutionary allocation")
struct EvolutionaryAllocationTests {
  @Test("mutation and selection come near to brute force, and never break a budget", arguments: 0..<40)
  func evolutionary(index: Int) throws {
    let small = try SmallCase(index: index)
    guard let best = try small.bruteForce() else { return }
    var search = EvolutionaryAllocation(space: small.space, bounds: small.bounds, seed: 1)
    search.generations = 60
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
    let allocation = try search.best(start: [], score: score)
    #expect(try small.space.keeps(small.bounds, allocation.configuration))
    #expect(abs(allocation.score - best) < 1e-9)
    #expect(allocation.gap == nil && allocation.method == .evolutionary)
    #expect(try search.best(start: [], score: score) == allocation)
  }
}
