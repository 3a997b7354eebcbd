import BitModel
import Foundations
import RankStatistics
import Torch

/// A baseline for searches: what a plain regression makes of as many measured configurations as a search saw.
///
/// It takes the bits of the configurations and the ranks of their true values, and nothing of the network. Of the forms
/// of ``OracleRegression`` and their penalties, those with the least leave-one-out error are taken. A search that is worth
/// its evaluations exceeds it on the same held-out configurations.
public struct LabelRegression: Sendable {
  /// The configurations that a ranking fits the baseline to: as many as EMQ's search takes.
  public static let rankingLabels = 50

  /// What a row of a ranking is called.
  public static func title(labels: Int) -> String { "ridge on \(labels) labels" }

  /// The predicted ranks of some configurations by a fit to others.
  ///
  /// - Parameters:
  ///   - configurations: the bits of each.
  ///   - truth: what was measured of each configuration, higher is better; of those at `positions` alone it is used.
  ///   - positions: the configurations that are learned from.
  ///   - held: the configurations that are predicted, none of `positions`.
  /// - Returns: a value for each of `held`.
  /// - Complexity: O(n³) for n configurations.
  /// - Throws: ``BenchmarkError`` where there is nothing to learn from, or a configuration is both learned from and
  ///   predicted.
  public static func predictions(
    configurations: [BitConfiguration], truth: [Double], learningFrom positions: [Int], of held: [Int]
  ) throws -> [Double] {
    guard truth.count == configurations.count else {
      throw BenchmarkError("\(truth.count) measured values for \(configurations.count) configurations")
    }
    let all = Set(configurations.indices)
    guard all.isSuperset(of: positions), all.isSuperset(of: held), Set(positions).isDisjoint(with: held)
    else {
      throw BenchmarkError(
        "configurations that are learned from are to be predicted, or are none of the benchmark")
    }
    let known = positions.map { truth[$0] }
    guard positions.count >= 3, RankCorrelation.varies(known) else {
      throw BenchmarkError(
        "a regression has nothing to learn from: \(positions.count) configurations with "
          + "\(Set(known).count) different values; 3 with two are needed")
    }
    var response = [Double](repeating: 0, count: truth.count)
    let ranks = RankCorrelation.ranks(known)
    for (index, position) in positions.enumerated() { response[position] = ranks[index] }
    return try onSingleThread {
      let kernels = try OracleRegression.Form.allCases.flatMap {
        try OracleKernel($0, configurations).candidates
      }
      return try OracleRegression.predictions(held, from: positions, kernels: kernels, response: response)
    }
  }

  /// A division of configurations into those that a ranking's baseline is fitted to, and those that it is judged by.
  ///
  /// - Returns: positions, 50 to learn from where there are 100 and more, else half.
  public static func division(count: Int, seed: UInt64) -> (learning: [Int], held: [Int]) {
    var stream = RandomStream(seed: seed, purpose: "labels of the baseline")
    let order = Array(0..<max(0, count)).shuffled(using: &stream)
    let labels = min(rankingLabels, order.count / 2)
    return (order.prefix(labels).sorted(), order.dropFirst(labels).sorted())
  }
}
