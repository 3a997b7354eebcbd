import Evolution
import Foundation
import Foundations
import PostgreSQL
import SharedStore
import Synchronization

/// An exchange of islands among the workers of a store.
///
/// A worker keeps the islands that it evolved last, and prefers them, so that few are fetched. The store keeps an island until
/// all have gone on, and reports as long as the search.
public final class StoreExchange: IslandExchange {
  private struct Content {
    var claims: [Int: StoreClaim] = [:]
    /// The islands that were evolved here.
    var islands: [Int: Island] = [:]
    var deliveredCount = 0
  }

  /// Who works, and how.
  public struct Worker: Sendable {
    /// What the store calls it.
    public var name: String
    /// How long a task that was not heard of stays its own, in seconds.
    public var leaseSeconds: Double
    /// How long it waits where others are at all that is left of an epoch, in seconds.
    public var patience: Double
    /// Whether it is asked to stop.
    public var isCancelled: CancellationCheck

    /// Describes a worker.
    public init(
      name: String = SharedStore.workerName, leaseSeconds: Double = 60, patience: Double = .infinity,
      isCancelled: @escaping CancellationCheck = { false }
    ) {
      self.name = name
      self.leaseSeconds = leaseSeconds
      self.patience = patience
      self.isCancelled = isCancelled
    }
  }

  private let store: SharedStore
  private let job: Int
  private let options: EvolutionOptions
  private let worker: Worker
  private let keeper: LeaseKeeper
  private let content = Mutex(Content())

  /// Seconds from one look at what others do to the next, at first and at most.
  private static let intervals = 0.01...0.2

  /// Makes an exchange of a search that was put in.
  public init(_ search: StoredSearch, worker: Worker = Worker()) {
    store = search.store
    job = search.job.number ?? 0
    options = search.description.options
    self.worker = worker
    keeper = LeaseKeeper(store, seconds: worker.leaseSeconds)
  }

  /// How many times an island was evolved here.
  public var deliveredCount: Int { content.withLock { $0.deliveredCount } }

  /// Where the tasks of an epoch stand.
  private func positions(_ epoch: Epoch) -> Range<Int> {
    let first = epoch.start / options.migrationInterval * options.islands
    return first..<first + options.islands
  }

  /// Takes an island, of those that this worker evolved before where one is left.
  public func claim(_ epoch: Epoch) throws -> Int? {
    let positions = positions(epoch)
    var own = content.withLock { content in
      content.islands.filter { $0.value.generation == epoch.start }.keys.map { positions.lowerBound + $0 }
    }
    let start = Date()
    var interval = Self.intervals.lowerBound
    while !worker.isCancelled() {
      switch try store.claim(
        job: job, .within(positions, preferring: own), worker: worker.name, seconds: worker.leaseSeconds)
      {
      case .claimed(let claim):
        keeper.keep(claim.lease)
        let index = claim.position - positions.lowerBound
        content.withLock { $0.claims[index] = claim }
        return index
      case .wait:
        guard Date().timeIntervalSince(start) < worker.patience else { return nil }
        Thread.sleep(forTimeInterval: interval)
        interval = min(2 * interval, Self.intervals.upperBound)
        // Whatever is left again was another's.
        own = []
      case .nothing: return nil
      }
    }
    return nil
  }

  private func leave(_ index: Int) -> StoreClaim? {
    guard let claim = content.withLock({ $0.claims.removeValue(forKey: index) }) else { return nil }
    keeper.leave(claim.lease)
    return claim
  }

  /// Gives an island back, so that others may take it at once.
  public func release(_ index: Int, _ epoch: Epoch) throws {
    if let claim = leave(index) { try store.release(claim) }
  }

  /// Puts an island with its report into the store.
  public func deliver(_ evolved: EvolvedIsland, _ epoch: Epoch) throws {
    let index = evolved.island.index
    let encoder = JSONEncoder()
    let (state, report) = (try encoder.encode(evolved.island), try encoder.encode(evolved.report))
    guard let claim = content.withLock({ $0.claims[index] }) else { return }
    try store.finish(job: job, task: claim.task.name) { connection in
      try connection.run(
        """
        INSERT INTO emq.island (job, generation, number, report, state) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        [
          .integer(job), .integer(epoch.end), .integer(index), .text(String(decoding: report, as: UTF8.self)),
          .bytes(state),
        ])
      try connection.run(
        """
        UPDATE emq.island SET state = NULL WHERE job = $1 AND generation < $2 AND state IS NOT NULL
          AND (SELECT count(*) FROM emq.island WHERE job = $1 AND generation = $2) = $3
        """, [.integer(job), .integer(epoch.end), .integer(options.islands)])
    }
    _ = leave(index)
    content.withLock { content in
      content.islands[index] = evolved.island
      content.deliveredCount += 1
    }
  }

  /// The reports of all islands; nil where some are not evolved yet.
  public func reports(_ epoch: Epoch) throws -> [IslandReport]? {
    let rows = try store.client.run {
      try $0.run(
        "SELECT report FROM emq.island WHERE job = $1 AND generation = $2 ORDER BY number",
        [.integer(job), .integer(epoch.end)])
    }
    guard rows.count == options.islands else { return nil }
    return try rows.map {
      try decode(IslandReport.self, Data($0.text("report").utf8), "a report after generation \(epoch.end)")
    }
  }

  /// An island that was evolved here, or is fetched.
  public func island(_ index: Int, after generation: Int) throws -> Island? {
    let own = content.withLock { $0.islands[index] }
    if let own, own.generation == generation { return own }
    let rows = try store.client.run {
      try $0.run(
        """
        SELECT state FROM emq.island
        WHERE job = $1 AND generation = $2 AND number = $3 AND state IS NOT NULL
        """, [.integer(job), .integer(generation), .integer(index)])
    }
    return try rows.first.map {
      try decode(Island.self, $0.bytes("state"), "island \(index) after generation \(generation)")
    }
  }

  private func decode<Value: Decodable>(_: Value.Type, _ data: Data, _ what: String) throws -> Value {
    guard let value = try? JSONDecoder().decode(Value.self, from: data) else {
      throw EvolutionError("\(store.name): \(what) is damaged; delete the search there and put it in again")
    }
    return value
  }
}
