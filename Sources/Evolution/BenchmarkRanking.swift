import Proxies
import RankStatistics

/// Scores proxies on some configurations of a benchmark; each thread has its own.
package struct BenchmarkRanking {
  let evaluator: ProxyEvaluator
  private let responses: ResponseScorer
  private var scores: ConfigurationScores
  private var kernel: RankingKernel
  /// Positions among the configurations, and what ranks these alone.
  private var folds: [(positions: [Int], kernel: RankingKernel)]

  init(
    evaluator: ProxyEvaluator, responses: ResponseScorer, scores: ConfigurationScores, kernel: RankingKernel,
    folds: [(positions: [Int], kernel: RankingKernel)]
  ) {
    self.evaluator = evaluator
    self.responses = responses
    self.scores = scores
    self.kernel = kernel
    self.folds = folds
  }

  /// The number of configurations.
  var count: Int { scores.scores.count }

  /// What a proxy's scores are made of.
  package enum Values {
    /// A formula's values on the network, and how layers make up a score.
    case layers(FormulaScores, Aggregation)
    /// A formula of responses, which sees configurations as wholes.
    case responses(ResponseProxy)
  }

  /// What a proxy's scores are made of, on any configurations of the network.
  package func values(of proxy: EvolvedProxy) -> Result<Values, InvalidScore> {
    switch proxy {
    case .formula(let formula):
      evaluator.scores(formula).map { .layers($0, formula.aggregation) }
    case .responses(let formula):
      formula.responses.allSatisfy(responses.isAvailable)
        ? .success(.responses(formula)) : .failure(.missingStatistic)
    }
  }

  /// How well a proxy ranks these configurations; nil where scores are not finite, or the measure is not defined.
  package mutating func outcome(_ values: Values) -> RankingOutcome? {
    guard let scores = finiteScores(values), let value = kernel.value(scores) else { return nil }
    // A fold of equal scores is not ranked at all.
    let cases = folds.indices.map { fold in
      folds[fold].kernel.value(folds[fold].positions.map { scores[$0] }) ?? 0
    }
    return RankingOutcome(fitness: value, fingerprint: kernel.fingerprint(scores), cases: cases)
  }

  /// The measure's value; nil where scores are not finite, or it is not defined.
  mutating func value(_ values: Values) -> Double? { finiteScores(values).flatMap { kernel.value($0) } }

  /// The measure's value of a proxy; nil where it is not defined.
  mutating func value(of proxy: EvolvedProxy) -> Double? {
    guard case .success(let values) = values(of: proxy) else { return nil }
    return value(values)
  }

  private mutating func finiteScores(_ values: Values) -> [Double]? {
    var found: [Double]?
    switch values {
    case .layers(let values, let aggregation):
      scores.compute(values, aggregation)
      found = scores.scores
    case .responses(let formula): found = responses.scores(formula)
    }
    return found.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
  }
}
