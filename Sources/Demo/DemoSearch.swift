import Evolution
import Foundations
import Proxies

/// A search on the benchmark of the demo's first network, and the formula that is usable on all of them.
public struct DemoSearch: Sendable {
  /// The best fitness.
  public let fitness: Double
  /// The chosen formula with its correlations.
  public let chosen: EvolutionSearch.Candidate
  /// Configurations that nothing was chosen on.
  public let testCount: Int

  /// Searches.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(_ networks: [DemoNetwork], generations: Int, seed: UInt64, context: WorkContext) throws {
    guard let first = networks.first else { throw EvolutionError("there is no network to search on") }
    let rows = try first.store.drawnRows()
    let problem = try BenchmarkProblem(
      name: first.name, inputs: ProxyInputs(first.statistics), configurations: rows.map(\.configuration),
      truth: rows.map(\.top1), seed: seed)
    let combined = try SearchProblem([problem])
    let space = try SearchSpace(ofResponsesIn: combined)
    var options = SearchPreset.responses.options
    options.generations = generations
    // Sixteen validation configurations cannot tell a thousand formulas apart.
    options.hallOfFameSize = 20
    options.seed = seed
    var search = try EvolutionSearch(
      problem: combined, space: space, options: options, warmStart: space.handcraftedGenomes.map(\.genome))
    try context.stage("search") {
      try search.run(threads: context.threads, progress: $0, isCancelled: context.isCancelled)
    }
    try context.checkCancellation()
    // A formula may be undefined on another network, for example where an activation is zero; whether it is shows
    // without measuring accuracies.
    let usable = try search.chosen(threads: context.threads).first { candidate in
      networks.allSatisfy { (try? candidate.proxy.scores(ProxyInputs($0.statistics))) != nil }
    }
    guard let usable else {
      throw EvolutionError("the search found no formula that is usable on all networks")
    }
    chosen = usable
    fitness = search.hallOfFame.members.first?.fitness ?? 0
    testCount = problem.split.test.count
  }
}
