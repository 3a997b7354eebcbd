import Evolution
import Foundations
import Proxies
import RankStatistics

/// A search on a few measured configurations of the demo's networks, and the handcrafted proxies that the same measurements
/// would choose.
public struct DemoSearch: Sendable {
  /// How configurations of a network that nothing was chosen on are ranked.
  public struct Ranking: Sendable {
    /// The network.
    public let network: String
    /// Test configurations.
    public let count: Int
    /// Spearman's ρ of the evolved formula.
    public let evolved: Double?
    /// The handcrafted proxy that ranks the configurations of search and choice best.
    public let handcrafted: HandcraftedProxy
    /// Its ρ on the test configurations.
    public let handcraftedRho: Double?
    /// What no proxy can be expected to exceed; nil where it is not defined.
    public let ceiling: Double?
  }

  /// The best fitness.
  public let fitness: Double
  /// The chosen formula with its correlations.
  public let chosen: EvolutionSearch.Candidate
  /// By network.
  public let rankings: [Ranking]

  /// Searches.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(_ networks: [DemoNetwork], generations: Int, seed: UInt64, context: WorkContext) throws {
    let problem = try SearchProblem(networks.map { try $0.problem(seed: seed) })
    let space = try SearchSpace(ofResponsesIn: problem)
    var options = SearchPreset.responses.options
    options.generations = generations
    // Sixteen validation configurations of each network cannot tell many formulas apart.
    options.hallOfFameSize = 20
    options.seed = seed
    var search = try EvolutionSearch(
      problem: problem, space: space, options: options, warmStart: space.handcraftedGenomes.map(\.genome))
    try context.stage("search") {
      try search.run(threads: context.threads, progress: $0, isCancelled: context.isCancelled)
    }
    try context.checkCancellation()
    guard let chosen = try search.chosen(threads: context.threads).first else {
      throw EvolutionError("the search found no formula that is usable on all networks")
    }
    self.chosen = chosen
    fitness = search.hallOfFame.members.first?.fitness ?? 0
    rankings = try zip(networks, problem.benchmarks).map { network, benchmark in
      try Self.ranking(of: network, benchmark, chosen.proxy)
    }
  }

  private static func ranking(
    of network: DemoNetwork, _ benchmark: BenchmarkProblem, _ evolved: EvolvedProxy
  ) throws -> Ranking {
    func rho(_ proxy: any ScoringProxy, _ positions: [Int]) -> Double? {
      let configurations = positions.map { benchmark.configurations[$0] }
      // Some are not defined on some networks.
      guard let scores = try? proxy.scores(benchmark.evaluator.inputs).scores(configurations) else {
        return nil
      }
      return RankCorrelation.spearman(scores, positions.map { benchmark.truth[$0] })
    }
    let (split, test) = (benchmark.split, benchmark.split.test)
    var best: (proxy: HandcraftedProxy, rho: Double)?
    for proxy in HandcraftedProxy.all {
      guard let found = rho(proxy, (split.search + split.validation).sorted()) else { continue }
      if found > best?.rho ?? -.infinity { best = (proxy, found) }
    }
    guard let best else {
      throw FileError(.data, "no handcrafted proxy gives a usable score on \(network.name)")
    }
    return Ranking(
      network: network.name, count: test.count, evolved: rho(evolved, test), handcrafted: best.proxy,
      handcraftedRho: rho(best.proxy, test), ceiling: try network.noiseCeiling())
  }
}
