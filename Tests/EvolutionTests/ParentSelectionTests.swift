import Evolution
import Foundations
import Proxies
import Testing

@Suite("Selection of parents")
struct ParentSelectionTests {
  private func individual(_ cases: [Double], fitness: Double) throws -> Individual {
    Individual(
      genome: Genome(try ResponseProxy(parsing: "output_divergence(superposed(response))")),
      RankingOutcome(fitness: fitness, fingerprint: 0, cases: cases), form: 0, birth: 0)
  }

  /// How often each of a population is drawn.
  private func draws(_ selection: ParentSelection, _ population: [Individual], count: Int) -> [Int] {
    var counts = population.map { _ in 0 }
    for index in 0..<count {
      var stream = RandomStream(seed: 1, purpose: "selection test", index: UInt64(index))
      let parent = selection.parent(from: population, sampleRatio: 0.5, using: &stream)
      if let position = population.firstIndex(of: parent) { counts[position] += 1 }
    }
    return counts
  }

  @Test("lexicase selects those that are best on some cases, a tournament those that are best on average")
  func specialists() throws {
    // Nine alike, so that no deviation is tolerated; two that each win one case; one that loses everywhere.
    let others = try (0..<9).map { _ in try individual([0.5, 0.5, 0.5], fitness: 0.5) }
    let population =
      try [
        individual([0.9, 0.1, 0.1], fitness: 0.37), individual([0.1, 0.9, 0.1], fitness: 0.37),
        individual([0.4, 0.4, 0.4], fitness: 0.4),
      ] + others
    let lexicase = draws(.lexicase, population, count: 300)
    #expect(lexicase[0] > 60 && lexicase[1] > 60 && lexicase[2] == 0)
    let tournament = draws(.tournament, population, count: 300)
    #expect(tournament[0] == 0 && tournament[1] == 0 && tournament[2] < 10)
  }

  @Test("lexicase draws evenly where there are no cases")
  func withoutCases() throws {
    let population = try (0..<4).map { try individual([], fitness: Double($0)) }
    #expect(draws(.lexicase, population, count: 400).allSatisfy { $0 > 60 })
  }
}
