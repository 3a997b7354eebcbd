import Evolution
import Foundation
import LayerStatistics
import Proxies
import Testing

/// Input that cannot be searched with is named, before any work is done.
@Suite struct DamagedInputTests {
  @Test(arguments: [
    "", "spearman@", "spearman@0", "spearman@101", "spearman@20,,50", "spearman@x", "kendall@50", "rho",
    "nan",
    "spearman@nan",
  ])
  func fitnessesThatMakeNoSenseAreNamed(_ text: String) {
    let error = #expect(throws: EvolutionError.self) { try FitnessMeasure(parsing: text) }
    #expect(error?.description.contains("fitness '\(text)'") == true)
    #expect(error?.kind == .usage)
  }

  @Test(arguments: ["spearman@20,50,100", "spearman@12.5", "spearman_true@20,50,100", "kendall", "pearson"])
  func fitnessesParseBack(_ text: String) throws {
    #expect(try FitnessMeasure(parsing: text).description == text)
  }

  @Test(arguments: [Double.nan, .infinity])
  func valuesThatAreNotFiniteAreNamed(_ value: Double) throws {
    let configurations = SyntheticProblem.configurations(count: 20)
    var truth = configurations.map { Double($0.weightBits[0]) }
    truth[7] = value
    let inputs = try SyntheticProblem.inputs()
    let error = #expect(throws: EvolutionError.self) {
      try BenchmarkProblem(name: "b", inputs: inputs, configurations: configurations, truth: truth, seed: 1)
    }
    #expect(error?.description.contains("configuration 7") == true)
  }

  @Test func statisticsThatWereNotComputedAreNamed() throws {
    let all = try SyntheticProblem.statistics()
    let configurations = SyntheticProblem.configurations(count: 20)
    let few = NetworkStatistics(costs: all.costs, tensors: all.tensors.filter { $0.key != .hessian })
    let problem = try SearchProblem([
      BenchmarkProblem(
        name: "b", inputs: ProxyInputs(few), configurations: configurations,
        truth: configurations.map { Double($0.weightBits[0]) }, seed: 1)
    ])
    let error = #expect(throws: EvolutionError.self) { try EvolutionSearch(problem: problem) }
    #expect(error?.description.contains("hessian") == true)
  }

  @Test func benchmarksAreNeeded() {
    #expect(throws: EvolutionError.self) { try SearchProblem([]) }
  }

  @Test(arguments: [
    ("\"generation\":3,", "\"generation\":-3,"), ("\"generation\":3,", "\"generation\":4,"),
    ("\"operations\":[", "\"operations\":[\"abs\","), ("\"index\":0", "\"index\":1"),
    ("\"islands\":[", "\"islands\":[],\"other\":["), ("\"fitness\":", "\"fitness\":1e999,\"other\":"),
    ("\"operations\":[", "\"operations\":[\"no_such_operation\","),
    ("\"inputs\":[", "\"inputs\":[\"nothing\","),
    ("\"forms\":\"", "\"forms\":\"?"),
  ])
  func statesThatContradictThemselvesAreRefused(_ part: String, _ replacement: String) throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)", count: 40)
    var options = EvolutionOptions()
    options.populationSize = 4
    options.generations = 3
    var search = try EvolutionSearch(problem: problem, options: options)
    try search.run(threads: 1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(search.state), as: UTF8.self)
    func resumed(_ text: String) throws -> EvolutionSearch {
      let state = try JSONDecoder().decode(SearchState.self, from: Data(text.utf8))
      return try EvolutionSearch(problem: problem, options: options, state: state)
    }
    #expect(try resumed(text).state == search.state)
    let damaged = text.replacingOccurrences(of: part, with: replacement)
    #expect(damaged != text)
    #expect(throws: (any Error).self) { try resumed(damaged) }
  }
}
