import Foundations
import LayerStatistics
import Network
import Torch

/// Computes some statistics of all layers together.
///
/// A pass is one value, and has a line in ``all``.
public struct StatisticsPass: Sendable {
  /// The program's own passes, in the order in which they run.
  public static let all: [StatisticsPass] = [
    .weights, .synflow, .firstOrder, .hutchinson, .factors, .eigenvalues,
  ]

  /// Whose seconds its work counts as.
  public let stage: StatisticsStage
  /// What it computes.
  public let statistics: Set<Statistic>
  /// Computes the wanted ones, a tensor of each layer in graph order; nil where the user asked to stop.
  public let collect: @Sendable (StatisticsWork) throws -> [Statistic: [Tensor]]?

  /// Makes a pass.
  public init(
    stage: StatisticsStage, statistics: Set<Statistic>,
    collect: @escaping @Sendable (StatisticsWork) throws -> [Statistic: [Tensor]]?
  ) {
    self.stage = stage
    self.statistics = statistics
    self.collect = collect
  }

  /// W as it is.
  public static let weights = StatisticsPass(stage: .weights, statistics: [.weight]) {
    [.weight: $0.network.weights]
  }
}

/// What a pass computes statistics of.
public struct StatisticsWork {
  /// The network, batch norms kept apart.
  public let network: Network
  /// N examples.
  public let inputs: Inputs
  /// N classes; empty for outputs that are values.
  public let labels: [Int]
  /// Which of the pass's statistics are needed.
  public let wanted: Set<Statistic>
  /// What earlier passes and runs computed.
  public let known: [Statistic: [Tensor]]
  /// How statistics are computed.
  public let options: StatisticsOptions
  /// Whether blocks of the Hessian are taken from Gauss-Newton factors.
  let usesFactors: Bool
  /// How losses are measured.
  let comparison: OutputComparison
  /// Receives the progress.
  public let progress: ProgressHandler?
  /// Whether the user asked to stop.
  public let isCancelled: CancellationCheck

  /// The images in shares.
  ///
  /// - Parameter budget: elements of activations a share.
  func shares(_ budget: Int) -> ImageShares {
    ImageShares(
      inputs: inputs, labels: labels, network: network, comparison: comparison, budget: budget)
  }

  /// The pass over factors of the output.
  func factorPass(_ options: StatisticsOptions) -> FactorPass {
    FactorPass(
      network: network, shares: shares(4_000_000),
      factors: OutputFactors(network: network, comparison: comparison, options: options))
  }
}
