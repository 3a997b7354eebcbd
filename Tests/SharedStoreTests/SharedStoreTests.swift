import Foundation
import Foundations
import PostgreSQL
import SharedStore
import TestSupport
import Testing

@Suite("Shared store", .enabled(if: PostgreSQLServer.isInstalled, "there is no PostgreSQL server here"))
struct SharedStoreTests {
  private func store(
    _ server: PostgreSQLServer, role: String = "owner", for purpose: SharedStore.Purpose = .writing
  ) throws -> SharedStore {
    try SharedStore(PostgreSQLAddress(server.url(role: role)), version: "1", for: purpose)
  }

  @Test("several make the tables at once; newer ones, none and roles without rights are refused in a line")
  func migrations() throws {
    try PostgreSQLServer.with { server in
      let empty = #expect(throws: SharedStoreError.self) { try store(server, for: .reading) }
      #expect(empty?.description.contains("holds no store") == true)
      let versions = try parallelMap(count: 4, threads: 4) { _ in try store(server).tableVersion() }
      #expect(versions == Array(repeating: SharedStore.latestTableVersion, count: 4))
      let owner = try store(server)
      try owner.client.run {
        try $0.runScript(
          "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA emq TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA emq TO reader"
        )
      }
      #expect(try store(server, role: "reader", for: .reading).openJobs().isEmpty)
      let denied = #expect(throws: PostgreSQLError.self) {
        try store(server, role: "reader").enqueue(
          StoreJob(kind: .trial, name: "t", specification: "", version: "1"), tasks: [])
      }
      #expect(denied?.kind == .cannotCreate)
      #expect(denied?.description.contains("the role has not the right") == true)
      try owner.client.run { _ = try $0.run("INSERT INTO emq.migration VALUES (99)") }
      for purpose in [SharedStore.Purpose.reading, .writing] {
        let newer = #expect(throws: SharedStoreError.self) { try store(server, for: purpose) }
        #expect(newer?.description.contains("version 99") == true)
      }
    }
  }

  @Test("files come back whole, from the cache where it has them whole")
  func files() throws {
    try PostgreSQLServer.with { server in
      let store = try store(server)
      try TestFiles.withFolder { folder in
        let content = Data((0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) })
        let digest = try store.add(content)
        #expect(try store.add(content) == digest)
        let path = try store.fetch(digest, into: folder)
        #expect(try AtomicFile.read(path) == content)
        // What was cut short is fetched anew.
        try content.prefix(100).write(to: URL(fileURLWithPath: path))
        #expect(try AtomicFile.read(store.fetch(digest, into: folder)) == content)
        #expect(try AtomicFile.read(store.fetch(store.add(Data()), into: folder)).isEmpty)
        try store.client.run { _ = try $0.run("DELETE FROM emq.piece WHERE number = 1") }
        try FileManager.default.removeItem(atPath: path)
        let damaged = #expect(throws: SharedStoreError.self) { try store.fetch(digest, into: folder) }
        #expect(damaged?.description.contains("damaged") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: SharedStoreError.self) { try store.fetch("abc", into: folder) }
      }
    }
  }

  @Test("a task that ends every worker is given up in a line, until someone asks for it again")
  func lostTasks() throws {
    try PostgreSQLServer.with { server in
      let store = try store(server)
      let trial = StoreJob(kind: .trial, name: "t", specification: "", version: "1")
      let job = try #require(
        try store.enqueue(trial, tasks: [StoreTask("deadly"), StoreTask("harmless")]).number)
      func name(_ answer: StoreClaimAnswer) -> String? {
        if case .claimed(let claim) = answer { claim.task.name } else { nil }
      }
      func claim(seconds: Double) throws -> StoreClaimAnswer {
        try store.claim(job: job, .after(-1), worker: "w", seconds: seconds)
      }
      for _ in 0..<SharedStore.greatestClaims {
        #expect(name(try claim(seconds: 0)) == "deadly")
        Thread.sleep(forTimeInterval: 0.002)
      }
      // The others are done all the same.
      #expect(name(try claim(seconds: 60)) == "harmless")
      #expect(try claim(seconds: 60) == .wait)
      try store.finish(job: job, task: "harmless")
      let error = #expect(throws: SharedStoreError.self) { try claim(seconds: 60) }
      #expect(
        error?.kind == .software && error?.description.contains("task deadly was taken 12 times") == true)
      #expect(try store.retryLostTasks() == 1)
      #expect(name(try claim(seconds: 60)) == "deadly")
    }
  }

  @Test("a task is had by one worker until it is finished, given back, or its lease ends")
  func claims() throws {
    try PostgreSQLServer.with { server in
      let store = try store(server)
      let trial = StoreJob(kind: .trial, name: "t", specification: "", version: "1")
      let job = try #require(try store.enqueue(trial, tasks: [StoreTask("a"), StoreTask("b")]).number)
      func claim(_ seconds: Double = 60, after position: Int = -1) throws -> StoreClaimAnswer {
        try store.claim(job: job, .after(position), worker: "w", seconds: seconds)
      }
      func task(_ answer: StoreClaimAnswer) -> StoreClaim? {
        if case .claimed(let claim) = answer { claim } else { nil }
      }
      let first = try #require(task(try claim()))
      #expect(first.task.name == "a")
      let second = try #require(task(try claim(0.3)))
      #expect(second.task.name == "b")
      #expect(try claim() == .wait)
      try store.release(first)
      #expect(task(try claim())?.task.name == "a")
      // A keeper holds the short lease beyond its end; without it the task is free again.
      let keeper = LeaseKeeper(store, seconds: 0.3)
      keeper.keep(second.lease)
      Thread.sleep(forTimeInterval: 1)
      #expect(try claim() == .wait)
      keeper.leave(second.lease)
      Thread.sleep(forTimeInterval: 0.6)
      let taken = try #require(task(try claim(after: 0)))
      #expect(taken.task.name == "b")
      #expect(try store.renew([second.lease, taken.lease], seconds: 60) == 1)
      // The late result counts as much as the other, once.
      try store.finish(job: job, task: "b")
      try store.finish(job: job, task: "b")
      try store.finish(job: job, task: "a")
      #expect(try claim() == .nothing)
      #expect(try store.openJobs().isEmpty)
      #expect(try store.enqueue(trial, tasks: ["a", "b", "c"].map { StoreTask($0) }).number == job)
      #expect(task(try claim())?.task.name == "c")
      var other = trial
      other.version = "2"
      let mixed = #expect(throws: SharedStoreError.self) { try store.enqueue(other, tasks: []) }
      #expect(mixed?.description.contains("emq 1; this is emq") == true)
    }
  }

  @Test("of some tasks the preferred ones are had first, and others do not count")
  func claimsOfSomeTasks() throws {
    try PostgreSQLServer.with { server in
      let store = try store(server)
      let evolution = StoreJob(kind: .evolution, name: "e", specification: "", version: "1")
      let tasks = ["a", "b", "c", "d", "e"].map { StoreTask($0) }
      let job = try #require(try store.enqueue(evolution, tasks: tasks).number)
      func claim() throws -> StoreClaimAnswer {
        try store.claim(job: job, .within(1..<4, preferring: [3, 2]), worker: "w", seconds: 60)
      }
      func name(_ answer: StoreClaimAnswer) -> String? {
        if case .claimed(let claim) = answer { claim.task.name } else { nil }
      }
      let taken = try (0..<3).map { _ in name(try claim()) ?? "" }
      #expect(taken == ["d", "c", "b"])
      #expect(try claim() == .wait)
      for name in ["b", "c", "d"] { try store.finish(job: job, task: name) }
      #expect(try claim() == .nothing)
      let known = try #require(try store.jobProgress(.evolution).first)
      #expect(known.tasks == 5 && known.finished == 3 && known.claims == 3)
      try store.finishAll(job: job)
      #expect(try store.jobProgress(.evolution).first?.finished == 5)
      #expect(try store.openJobs().isEmpty)
    }
  }
}
