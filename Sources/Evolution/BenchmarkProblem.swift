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
  ///
  /// - Parameter folds: parts that the configurations are divided into in turn, on each of which the measure is taken, too.
  package func ranking(_ measure: FitnessMeasure, at chosen: [Int], folds: Int = 0) throws -> BenchmarkRanking
  {
    func kernel(_ chosen: [Int]) -> RankingKernel {
      RankingKernel(truth: chosen.map { truth[$0] }, measure: measure, ties: ties)
    }
    let parts = (0..<folds).map { fold in chosen.indices.filter { $0 % folds == fold } }
    return BenchmarkRanking(
      evaluator: evaluator, responses: try responses.selecting(chosen),
      scores: ConfigurationScores(grid: evaluator.grid, positions: chosen.map { positions[$0] }),
      kernel: kernel(chosen), folds: parts.map { part in (part, kernel(part.map { chosen[$0] })) })
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
