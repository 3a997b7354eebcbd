import Benchmarks
import BitModel
import SharedStore

extension PostgreSQLBenchmarkStore {
  /// Chooses a configuration that nobody measures, and keeps it for this process until its row is added.
  ///
  /// - Parameter configurations: what this process knows to be of the benchmark; where others were put in since, there is
  ///   nothing for it until it has read the job again.
  public func claim(_ configurations: [BitConfiguration]) throws -> BenchmarkClaim {
    guard let job = benchmark.job else { return .nothing }
    let position = state.withLock { $0.position }
    switch try store.claim(
      job: job, .after(position), worker: claiming.worker, seconds: claiming.leaseSeconds)
    {
    case .nothing: return .nothing
    case .wait: return claiming.waitsForOthers ? .wait : .nothing
    case .claimed(let claim):
      guard let configuration = BitConfiguration(claim.task.name), configurations.contains(configuration)
      else {
        try store.release(claim)
        return .nothing
      }
      keeper.keep(claim.lease)
      state.withLock { state in
        state.position = claim.position
        state.claims[configuration] = claim
      }
      return .configuration(configuration)
    }
  }

  /// Gives back what was claimed and has no row yet, for others to measure at once.
  public func releaseClaims() throws {
    let claims = state.withLock { state in
      defer { state.claims = [:] }
      return Array(state.claims.values)
    }
    for claim in claims {
      keeper.leave(claim.lease)
      try store.release(claim)
    }
  }
}
