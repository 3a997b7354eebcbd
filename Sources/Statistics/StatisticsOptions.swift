/// How statistics are computed.
public struct StatisticsOptions: Sendable, Equatable {
  /// Which to compute.
  public var statistics: [Statistic]
  /// Random vectors for the Hessian's diagonal.
  public var probes: Int
  /// The seed of the random vectors.
  public var seed: UInt64
  /// Threads to compute with; results do not depend on it.
  public var threads: Int

  /// Makes options.
  public init(
    statistics: [Statistic] = Statistic.allCases, probes: Int = 64, seed: UInt64 = 1, threads: Int = 2
  ) {
    self.statistics = statistics
    self.probes = probes
    self.seed = seed
    self.threads = threads
  }
}
