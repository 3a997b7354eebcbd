import Foundations
import Proxies

/// Finds the fitness of candidates, on one thread.
package struct CandidateEvaluation {
  private let options: EvolutionOptions
  private let combination: SearchProblem.Combination
  private var rankings: [BenchmarkRanking]
  private var few: [BenchmarkRanking]

  /// Configurations that show whether a proxy is poor.
  package static let fewCount = 12
  /// Spearman's ρ on a few configurations below which a proxy is poor.
  static let poorCorrelation = 0.0

  /// - Throws: `TorchError` where memory does not suffice.
  init(_ problem: SearchProblem, _ options: EvolutionOptions) throws {
    self.options = options
    combination = problem.combination
    let folds = (options.selection ?? .tournament).foldCount
    rankings = try problem.benchmarks.map {
      try $0.ranking(options.fitness, at: $0.split.search, folds: folds)
    }
    few = try problem.benchmarks.enumerated().map { index, benchmark in
      try benchmark.ranking(.rho, at: Self.few(of: benchmark.split.search, options, benchmark: index))
    }
  }

  /// The configurations that show whether a proxy is poor: the same in all of a search, and none where those of the search
  /// are not many.
  ///
  /// They are drawn, as configurations stand in the order of their bits: the first of them have the fewest bits in the first
  /// layers, and say nothing of a proxy that these decide on.
  package static func few(of search: [Int], _ options: EvolutionOptions, benchmark: Int) -> [Int] {
    // Fewer would turn good ones away by chance, and of not many more the check would spare nothing.
    guard search.count >= 2 * fewCount else { return [] }
    switch options.followed.earlyRejection {
    case .first: return Array(search.prefix(fewCount))
    case .drawn:
      var stream = RandomStream(
        seed: options.seed, purpose: "configurations of early rejection", index: UInt64(benchmark))
      return search.shuffled(using: &stream).prefix(fewCount).sorted()
    }
  }

  /// What came of a candidate.
  enum Outcome {
    case rejected(CompatibilityScreening.Stage)
    case valid(RankingOutcome)
  }

  /// The outcome of a proxy that no check of its formula turned away.
  ///
  /// - Parameters:
  ///   - evaluations: counts rankings of all search configurations.
  ///   - isKnownWell: whether it is near to one that is not poor, so that this need not be checked.
  mutating func outcome(_ proxy: EvolvedProxy, evaluations: inout Int, isKnownWell: Bool = false) -> Outcome {
    var values: [BenchmarkRanking.Values] = []
    for index in rankings.indices {
      switch rankings[index].values(of: proxy) {
      case .failure(let reason): return .rejected(CompatibilityScreening.stage(reason))
      case .success(let scores):
        values.append(scores)
        if options.rejectsEarly, !isKnownWell, few[index].count > 0 {
          guard let value = few[index].value(scores), value >= Self.poorCorrelation else {
            return .rejected(.poor)
          }
        }
      }
    }
    evaluations += 1
    var (fitnesses, cases): ([Double], [Double]) = ([], [])
    var fingerprint: UInt64 = 0
    for index in rankings.indices {
      guard let outcome = rankings[index].outcome(values[index]) else {
        return .rejected(.constantOverConfigurations)
      }
      fitnesses.append(outcome.fitness)
      cases += outcome.cases
      fingerprint = (fingerprint &* 0x9E37_79B9_7F4A_7C15) ^ outcome.fingerprint
    }
    return .valid(
      RankingOutcome(
        fitness: combination.value(of: fitnesses), fingerprint: fingerprint, cases: cases))
  }
}
