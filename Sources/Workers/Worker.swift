import BenchmarkBuilding
import Benchmarks
import Foundation
import Foundations
import PostgreSQLBenchmarks
import SharedStore

/// Does the work of a store, task by task, beside as many others as there are.
///
///     let store = try SharedStore(PostgreSQLAddress("postgres://worker@db01/emq"), context: context)
///     try Worker(store, cache: SharedStore.usualCache, context: context).run(untilIdle: true)
public struct Worker {
  private let store: SharedStore
  private let claiming: PostgreSQLBenchmarkStore.Claiming
  private let cache: String
  private let context: WorkContext
  private var loaded: (job: StoreJob, builder: BenchmarkBuilder)?
  private var searches: [Int: EvolutionJob] = [:]
  private var refused = Set<Int>()

  /// What a worker came to.
  public struct Tally: Sendable, Equatable {
    /// Tasks that it finished.
    public var tasks = 0
  }

  /// Seconds between looks for work where there was none.
  private static let pause = 1.0

  /// Makes a worker.
  ///
  /// - Parameters:
  ///   - store: whose work it does.
  ///   - claiming: what it is called, and how long its leases last; it never waits for others within a job.
  ///   - cache: the folder that files are fetched into.
  ///   - context: threads, cancellation and progress.
  public init(
    _ store: SharedStore, claiming: PostgreSQLBenchmarkStore.Claiming = .init(), cache: String,
    context: WorkContext
  ) {
    self.store = store
    self.claiming = claiming
    self.cache = cache
    self.context = context
  }

  /// Works.
  ///
  /// - Parameter untilIdle: whether to return where all is finished, in place of waiting for more.
  /// - Returns: what was done.
  /// - Throws: `WorkInterrupted` where it is asked to stop, after the task in work; `SharedStoreError` where it is to work until
  ///   all is finished and what is left is another version's.
  public mutating func run(untilIdle: Bool) throws -> Tally {
    var tally = Tally()
    while true {
      let jobs = try store.openJobs()
      searches = searches.filter { number, _ in jobs.contains { $0.number == number } }
      let own = jobs.filter { $0.version == store.version }
      for job in jobs where job.version != store.version { try refuse(job, fails: untilIdle && own.isEmpty) }
      if untilIdle, own.isEmpty { return tally }
      var done = 0
      for job in own {
        guard let number = job.number, try store.hasFreeTask(number) else { continue }
        done += try work(on: job, number)
      }
      tally.tasks += done
      if done == 0 {
        try context.checkCancellation("with what is in the store")
        Thread.sleep(forTimeInterval: Self.pause * .random(in: 0.5...1))
      }
    }
  }

  private mutating func refuse(_ job: StoreJob, fails: Bool) throws {
    let error = store.isOfAnotherVersion(job)
    if fails { throw error }
    if refused.insert(job.number ?? 0).inserted { context.notice(error.description) }
  }

  /// Does tasks of a job until none is free.
  private mutating func work(on job: StoreJob, _ number: Int) throws -> Int {
    switch job.kind {
    case .benchmark: return try measure(job)
    case .trial:
      return try SleepingJob(job, number, in: store, claiming: claiming).work(
        isCancelled: context.isCancelled)
    case .evolution: return try evolve(job, number)
    }
  }

  private mutating func evolve(_ job: StoreJob, _ number: Int) throws -> Int {
    var search =
      try searches[number]
      ?? EvolutionJob(
        job, in: store, worker: claiming.worker, leaseSeconds: claiming.leaseSeconds, cache: cache,
        context: context)
    defer { searches[number] = search }
    return try search.work(context)
  }

  private mutating func measure(_ job: StoreJob) throws -> Int {
    var claiming = claiming
    claiming.waitsForOthers = false
    let benchmark = try PostgreSQLBenchmarkStore(opening: job.name, in: store, claiming: claiming)
    try benchmark.requireVersion(store.version)
    let builder: BenchmarkBuilder
    if let known = loaded, known.job == job {
      builder = known.builder
    } else {
      builder = try BenchmarkJob(job, in: store).builder(of: benchmark, cache: cache, context: context)
      loaded = (job, builder)
    }
    do {
      let clock = try builder.build(
        benchmark.enqueued(.drawn), uniform: benchmark.enqueued(.uniform), store: benchmark,
        storeName: benchmark.name, context: context)
      return clock.count
    } catch {
      try? benchmark.releaseClaims()
      throw error
    }
  }
}
