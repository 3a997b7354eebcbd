import Evolution
import Foundation
import Foundations
import PostgreSQL
import SharedStore
import Studies
import StudySupport
import TestSupport
import Testing

/// Searches whose islands workers evolve through a store.
@Suite(.enabled(if: PostgreSQLServer.isInstalled, "there is no PostgreSQL server here"))
struct StoreExchangeTests {
  private var options: EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = 12
    options.generations = 35
    options.hallOfFameSize = 15
    options.islands = 3
    options.migrationInterval = 10
    return options
  }

  private func store(_ server: PostgreSQLServer) throws -> SharedStore {
    try SharedStore(PostgreSQLAddress(server.url), version: "1")
  }

  private func exchange(
    _ search: StoredSearch, _ name: String = "w", patience: Double = .infinity
  ) -> StoreExchange {
    StoreExchange(search, worker: .init(name: name, patience: patience))
  }

  /// The exchange of a worker that was lost, so that its lease has ended.
  private func lost(_ search: StoredSearch, after epoch: Epoch) throws -> StoreExchange {
    let exchange = StoreExchange(search, worker: .init(name: "lost"))
    #expect(try exchange.claim(epoch) == 0)
    try search.store.client.run {
      _ = try $0.run(
        "UPDATE emq.task SET lease_end = clock_timestamp() - interval '1 s' WHERE worker = 'lost'")
    }
    return exchange
  }

  private func undisturbed(_ job: SearchJob) throws -> SearchState {
    var search = try EvolutionSearch(
      problem: job.problem, space: job.description.space, options: job.description.options)
    try search.run(threads: 1)
    return search.state
  }

  /// A store, a search in it and the job that it was made of.
  private func with(
    _ change: (inout EvolutionOptions) -> Void = { _ in },
    _ body: (_ search: StoredSearch, _ job: SearchJob, _ cache: String) throws -> Void
  ) throws {
    try PostgreSQLServer.with { server in
      try TestFiles.withFolder { folder in
        var options = options
        change(&options)
        let job = try SmallSearch(in: folder).job(options)
        try body(StoredSearch(job, in: store(server), context: WorkContext()), job, "\(folder)/cache")
      }
    }
  }

  @Test func workersWithTheirOwnConnectionsComeToTheSameState() throws {
    try with { search, job, cache in
      let states = try parallelMap(count: 3, threads: 3) { index in
        // What a worker has is what the store has.
        let store = try SharedStore(search.store.client.address, version: "1")
        let stored = try StoredSearch(
          #require(try store.job(.evolution, named: search.job.name)), in: store)
        let exchange = exchange(stored, "w\(index)")
        var own = try stored.search(cache: "\(cache)\(index)", context: WorkContext())
        while !own.isFinished { _ = try own.advance(through: exchange, threads: index == 0 ? 2 : 1) }
        #expect(try stored.end(own))
        #expect(try own.gather(from: exchange))
        return own.state
      }
      let reference = try undisturbed(job)
      #expect(states.allSatisfy { $0 == reference })
      #expect(try search.store.openJobs().isEmpty)
    }
  }

  @Test func aTaskWhoseWorkerIsLostIsDoneByAnother() throws {
    try with { search, job, cache in
      var worker = try search.search(cache: cache, context: WorkContext())
      let lost = try lost(search, after: Epoch(start: 0, end: 10))
      let exchange = exchange(search)
      while !worker.isFinished { _ = try worker.advance(through: exchange, threads: 1) }
      #expect(lost.deliveredCount == 0 && exchange.deliveredCount == 12)
      #expect(try worker.gather(from: exchange))
      #expect(worker.state == (try undisturbed(job)))
    }
  }

  @Test func whoComesBackLateChangesNothing() throws {
    try with { search, job, cache in
      let epoch = Epoch(start: 0, end: 10)
      let late = try lost(search, after: epoch)
      var worker = try search.search(cache: cache, context: WorkContext())
      let exchange = exchange(search)
      while !worker.isFinished { _ = try worker.advance(through: exchange, threads: 1) }
      // It has another island than it should, so that one would see if it counted.
      let (memory, kept) = (MemoryExchange(islands: 3), try exchange.reports(epoch))
      var otherOptions = options
      otherOptions.seed = 2
      var other = try EvolutionSearch(problem: job.problem, options: otherOptions)
      #expect(try other.advance(through: memory, threads: 1))
      let report = try #require(memory.reports(epoch)?[0])
      try late.deliver(EvolvedIsland(#require(memory.island(0, after: 10)), report), epoch)
      #expect(report != kept?[0])
      #expect(try exchange.reports(epoch) == kept)
      #expect(try exchange.island(0, after: 10) == nil)
      #expect(try worker.gather(from: exchange))
      #expect(worker.state == (try undisturbed(job)))
    }
  }

  @Test func aWorkerThatDoesNotWaitLeavesWhatOthersDo() throws {
    try with { search, _, cache in
      var worker = try search.search(cache: cache, context: WorkContext())
      let (other, own) = (exchange(search, "other"), exchange(search, patience: 0))
      #expect(try other.claim(Epoch(start: 0, end: 10)) == 0)
      #expect(try !worker.advance(through: own, threads: 1))
      #expect(worker.reached == nil)
      try other.release(0, Epoch(start: 0, end: 10))
      #expect(try worker.advance(through: own, threads: 1))
      #expect(worker.reached == 10)
    }
  }

  @Test func aRuleThatStopsASearchEndsItsTasks() throws {
    try with({ $0.maximumEvaluations = 1 }) { search, job, cache in
      var worker = try search.search(cache: cache, context: WorkContext())
      #expect(try !search.end(worker))
      let exchange = exchange(search)
      #expect(try worker.advance(through: exchange, threads: 1))
      #expect(try search.store.openJobs().count == 1)
      #expect(try search.end(worker))
      #expect(try search.store.openJobs().isEmpty)
      // The same search put in again is there already.
      let again = try StoredSearch(job, in: search.store, context: WorkContext())
      #expect(again.job.number == search.job.number)
      #expect(try search.store.openJobs().isEmpty)
    }
  }

  @Test func statesOfEarlierGenerationsAreKeptNoMore() throws {
    try with { search, _, cache in
      var worker = try search.search(cache: cache, context: WorkContext())
      let exchange = exchange(search)
      while !worker.isFinished { _ = try worker.advance(through: exchange, threads: 1) }
      let rows = try search.store.client.run {
        try $0.run("SELECT generation, count(state) AS kept FROM emq.island GROUP BY 1 ORDER BY 1")
      }
      #expect(
        try rows.map { try [$0.integer("generation"), $0.integer("kept")] } == [
          [10, 0], [20, 0], [30, 0], [35, 3],
        ])
    }
  }

  @Test func damagedStatesAreRefused() throws {
    try with { search, _, cache in
      var worker = try search.search(cache: cache, context: WorkContext())
      #expect(try worker.advance(through: exchange(search), threads: 1))
      try search.store.client.run { _ = try $0.run("UPDATE emq.island SET state = '{}' WHERE number = 2") }
      let error = #expect(throws: EvolutionError.self) {
        try worker.advance(through: exchange(search), threads: 1)
      }
      #expect(error?.description.contains("island 2 after generation 10 is damaged") == true)
    }
  }
}
