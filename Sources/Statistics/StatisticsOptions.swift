import LayerStatistics

/// How statistics are computed.
public struct StatisticsOptions: Sendable, Equatable {
  /// Which to compute.
  public var statistics: [Statistic]
  /// Random vectors for the Hessian's diagonal and trace, at most.
  public var probes: Int
  /// The standard error of each layer's trace, relative to it, at which no more random vectors are drawn; 0 for all.
  public var tolerance: Double
  /// Whether activations and their gradients are kept image by image, not averaged.
  public var keepsBatch: Bool
  /// Classes up to which the Gauss-Newton matrix is exact; beyond, it is estimated from ``factorColumns`` random
  /// combinations of classes.
  public var exactClasses: Int
  /// Random combinations of classes where there are too many of them.
  public var factorColumns: Int
  /// The seed of the random vectors.
  public var seed: UInt64
  /// Threads to compute with; results do not depend on it.
  public var threads: Int

  /// Makes options.
  public init(
    statistics: [Statistic] = Statistic.allCases, probes: Int = 64, tolerance: Double = 0,
    keepsBatch: Bool = false, exactClasses: Int = 16, factorColumns: Int = 8, seed: UInt64 = 1,
    threads: Int = 2
  ) {
    self.statistics = statistics
    self.probes = probes
    self.tolerance = tolerance
    self.keepsBatch = keepsBatch
    self.exactClasses = exactClasses
    self.factorColumns = factorColumns
    self.seed = seed
    self.threads = threads
  }
}
