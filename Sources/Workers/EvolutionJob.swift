import Evolution
import Foundations
import SharedStore
import Studies

/// A search of a store that a worker takes part in, with what it knows of it by now.
struct EvolutionJob {
  private let stored: StoredSearch
  private let exchange: StoreExchange
  private var search: EvolutionSearch

  /// Seconds that a worker waits where islands meet before it looks for other work.
  private static let patience = 1.0

  /// Fetches what the search is run on.
  ///
  /// - Parameters:
  ///   - job: the job.
  ///   - store: where it is.
  ///   - worker: what the worker is called.
  ///   - leaseSeconds: how long an island stays its own when it is not heard of.
  ///   - cache: the folder that files are fetched into.
  ///   - context: shows the progress.
  init(
    _ job: StoreJob, in store: SharedStore, worker: String, leaseSeconds: Double, cache: String,
    context: WorkContext
  ) throws {
    stored = try StoredSearch(job, in: store)
    exchange = StoreExchange(
      stored,
      worker: .init(
        name: worker, leaseSeconds: leaseSeconds, patience: Self.patience, isCancelled: context.isCancelled))
    search = try stored.search(cache: cache, context: context)
  }

  /// Evolves islands until the search has ended or others are at all that is left; how many.
  mutating func work(_ context: WorkContext) throws -> Int {
    let before = exchange.deliveredCount
    while try !stored.end(search) {
      guard
        try search.advance(through: exchange, threads: context.threads, isCancelled: context.isCancelled)
      else { break }
    }
    return exchange.deliveredCount - before
  }
}
