import BitModel
import Foundations
import Proxies
import Torch

/// One benchmark of a search: a network's statistics, and measured accuracies of its bit configurations.
public struct BenchmarkProblem: Sendable {
  /// What the benchmark is called in results.
  public let name: String
  /// Gives values of formulas.
  public private(set) var evaluator: ProxyEvaluator
  /// Scores formulas of responses on the configurations.
  let responses: ResponseScorer
  /// The configurations.
  public let configurations: [BitConfiguration]
  /// The measured value of each configuration, higher for better.
  public let truth: [Double]
  /// Which configurations serve what.
  public let split: ConfigurationSplit
  /// Which scores are equal.
  private var ties = SearchConventions().ties
  private let positions: [[Int]]

  /// Makes a problem.
  ///
  /// - Throws: ``EvolutionError`` where there are too few configurations to split, or they are of another network.
  public init(
    name: String, inputs: ProxyInputs, configurations: [BitConfiguration], truth: [Double], seed: UInt64 = 1,
    searchCount: Int = ConfigurationSplit.paperSearchCount
  ) throws {
    guard configurations.count >= 16, configurations.count == truth.count else {
      throw EvolutionError(
        "\(name): has \(configurations.count) configurations; a search needs at least 16 to split them")
    }
    let layerCount = inputs.statistics.layerNames.count
    guard
      configurations.allSatisfy({ $0.weightBits.count == layerCount && $0.activationBits.count == layerCount }
      )
    else {
      throw EvolutionError(
        "\(name): its configurations and the statistics' \(layerCount) layers do not fit;"
          + " they are of different networks")
    }
    if let position = truth.firstIndex(where: { !$0.isFinite }) {
      throw EvolutionError(
        "\(name): its configuration \(position) has the value \(truth[position]); finite numbers are needed")
    }
    let grid = BitGrid(layerCount: layerCount, configurations: configurations)
    self.name = name
    self.configurations = configurations
    self.truth = truth
    evaluator = try ProxyEvaluator(inputs, grid: grid)
    responses = try ResponseScorer(inputs, configurations: configurations)
    split = ConfigurationSplit(count: truth.count, seed: seed, searchCount: searchCount)
    positions = try configurations.enumerated().map { index, configuration in
      guard let positions = grid.positions(configuration) else {
        throw EvolutionError(
          "\(name): its configuration \(index) has bits that no layer of the benchmark has")
      }
      return positions
    }
  }

  /// The same problem, ranked by other conventions.
  package func following(_ conventions: SearchConventions) -> BenchmarkProblem {
    var result = self
    result.ties = conventions.ties
    return result
  }

  /// The same problem, with nothing remembered of formulas that were computed.
  ///
  /// - Throws: `TorchError` where memory does not suffice.
  func withoutMemory() throws -> BenchmarkProblem {
    var result = self
    result.evaluator = try ProxyEvaluator(evaluator.inputs, grid: evaluator.grid)
    return result
  }

  /// What a proxy's scores are measured with on some of the configurations.
  ///
  /// - Throws: `TorchError` where memory does not suffice.
  package func ranking(_ measure: FitnessMeasure, at chosen: [Int]) throws -> BenchmarkRanking {
    BenchmarkRanking(
      evaluator: evaluator, responses: try responses.selecting(chosen),
      scores: ConfigurationScores(grid: evaluator.grid, positions: chosen.map { positions[$0] }),
      kernel: RankingKernel(truth: chosen.map { truth[$0] }, measure: measure, ties: ties))
  }

  /// How well each of many proxies ranks some of the configurations; nil where that is not defined.
  public func correlations(
    _ proxies: [EvolvedProxy], _ measure: FitnessMeasure = .rho, at chosen: [Int], threads: Int,
    counter: ProgressCounter? = nil
  ) throws -> [Double?] {
    // Blocks, so that what ranks is made once for many.
    let size = 16
    return try parallelTensorMap(count: (proxies.count + size - 1) / size, threads: threads) { block in
      var ranking = try ranking(measure, at: chosen)
      return proxies[block * size..<min(proxies.count, (block + 1) * size)].map { proxy -> Double? in
        defer { counter?.advance() }
        return ranking.value(of: proxy)
      }
    }.flatMap { $0 }
  }

  /// How well a proxy ranks some of the configurations; nil where that is not defined.
  public func correlation(
    _ proxy: EvolvedProxy, _ measure: FitnessMeasure = .rho, at chosen: [Int]
  ) -> Double? {
    guard var ranking = try? ranking(measure, at: chosen) else { return nil }
    return ranking.value(of: proxy)
  }
}

/// Scores proxies on some configurations of a benchmark; each thread has its own.
package struct BenchmarkRanking {
  let evaluator: ProxyEvaluator
  private let responses: ResponseScorer
  private var scores: ConfigurationScores
  private var kernel: RankingKernel

  init(
    evaluator: ProxyEvaluator, responses: ResponseScorer, scores: ConfigurationScores, kernel: RankingKernel
  ) {
    self.evaluator = evaluator
    self.responses = responses
    self.scores = scores
    self.kernel = kernel
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

  /// The measure's value, and a number that proxies share which rank these configurations alike.
  ///
  /// Nil where scores are not finite, or the measure is not defined.
  package mutating func outcome(_ values: Values) -> (value: Double, fingerprint: UInt64)? {
    guard let scores = finiteScores(values), let value = kernel.value(scores) else { return nil }
    return (value, kernel.fingerprint(scores))
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
