import Evolution
import Foundation
import Statistics
import Support
import Testing

/// Input that cannot be searched with is named, before any work is done.
@Suite struct DamagedInputTests {
  @Test(arguments: [[], [-1], [0], [1.5], [.nan], [1, .infinity]] as [[Double]])
  func sharesOutOfRangeAreNamed(_ shares: [Double]) {
    let error = #expect(throws: EvolutionError.self) { try EvolutionOptions(topShares: shares).validate() }
    #expect(error?.description.contains("ρ@k") == true)
  }

  @Test func anEmptyHallOfFameIsRefused() {
    #expect(throws: EvolutionError.self) { try EvolutionOptions(hallOfFameSize: 0).validate() }
  }

  @Test(arguments: [Double.nan, .infinity])
  func valuesThatAreNotFiniteAreNamed(_ value: Double) throws {
    let bits = SyntheticProblem.configurations(count: 20)
    var truth = bits.map { Double($0[0]) }
    truth[7] = value
    let statistics = try SyntheticProblem.statistics()
    let error = #expect(throws: EvolutionError.self) {
      try SearchProblem(statistics: statistics, weightBits: bits, truth: truth, seed: 1)
    }
    #expect(error?.description.contains("configuration 7") == true)
  }

  @Test func statisticsThatWereNotComputedAreNamed() throws {
    let all = try SyntheticProblem.statistics()
    let bits = SyntheticProblem.configurations(count: 20)
    let problem = try SearchProblem(
      statistics: NetworkStatistics(costs: all.costs, tensors: all.tensors.filter { $0.key != .hessian }),
      weightBits: bits, truth: bits.map { Double($0[0]) }, seed: 1)
    let error = #expect(throws: EvolutionError.self) {
      try EvolutionSearch(problem: problem, options: EvolutionOptions())
    }
    #expect(error?.description.contains("hessian") == true)
  }

  @Test(arguments: [
    ("\"generation\":3,", "\"generation\":-3,"), ("\"generation\":3,", "\"generation\":4,"),
    ("\"operations\":[", "\"operations\":[\"abs\","),
  ])
  func statesThatContradictThemselvesAreRefused(_ part: String, _ replacement: String) throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)", count: 40)
    let options = EvolutionOptions(populationSize: 4, generations: 3)
    var search = try EvolutionSearch(problem: problem, options: options)
    try search.run(threads: 1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(search.state), as: UTF8.self)
    func state(_ text: String) throws -> SearchState {
      try JSONDecoder().decode(SearchState.self, from: Data(text.utf8))
    }
    #expect(throws: Never.self) {
      try EvolutionSearch(problem: problem, options: options, state: state(text))
    }
    let damaged = text.replacingOccurrences(of: part, with: replacement)
    #expect(damaged != text)
    #expect(throws: EvolutionError.self) {
      try EvolutionSearch(problem: problem, options: options, state: state(damaged))
    }
  }
}
