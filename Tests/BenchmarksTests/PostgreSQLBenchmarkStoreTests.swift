import Benchmarks
import BitModel
import Foundation
import Foundations
import PostgreSQL
import PostgreSQLBenchmarks
import Quantization
import SharedStore
import TestSupport
import Testing

@Suite(
  "PostgreSQL benchmark store",
  .enabled(if: PostgreSQLServer.isInstalled, "there is no PostgreSQL server here"))
struct PostgreSQLBenchmarkStoreTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("what is exported is what an SQLite file with the same rows gives")
  func rows() throws {
    try PostgreSQLServer.with { server in
      try TestFiles.withFolder { folder in
        let description = SampleBenchmark.description()
        let shared = try SharedStore(PostgreSQLAddress(server.url))
        let store = try PostgreSQLBenchmarkStore(
          "sample", description: description, version: shared.version, in: shared)
        let file = try SQLiteBenchmarkStore(path: "\(folder)/b.sqlite", description: description)
        var rows = SampleBenchmark.rows(30) { 0.3 + 0.02 * Double($0) }
        rows[3].role = .uniform
        for row in rows.reversed() {
          try store.insert(row)
          try store.insert(row)
        }
        try file.insert(rows)
        let content = try BenchmarkFile(opening: "\(server.url)#sample")
        #expect(content == (try BenchmarkFile(opening: "\(folder)/b.sqlite")))
        #expect(content.rows.count == rows.count)
        #expect(try BenchmarkFile(opening: server.url) == content)
        let weight = StoredWeight(levels: Data([1, 2, 255]), scales: [0.5], zeros: [1])
        try store.keep(weight, layer: 3, bits: 2)
        try store.keep(StoredWeight(levels: Data(), scales: [], zeros: []), layer: 3, bits: 2)
        #expect(try store.weight(layer: 3, bits: 2) == weight)
        #expect(try store.weight(layer: 3, bits: 3) == nil)
      }
    }
  }

  @Test("what does not fit is refused, and it is said why")
  func mismatch() throws {
    try PostgreSQLServer.with { server in
      let shared = try SharedStore(PostgreSQLAddress(server.url))
      func reason(_ name: String?, _ description: BenchmarkDescription, version: String? = "1") -> String {
        message {
          _ = try PostgreSQLBenchmarkStore(name, description: description, version: version, in: shared)
        }
      }
      #expect(reason(nil, SampleBenchmark.description()).isEmpty)
      #expect(reason("m", SampleBenchmark.description()).isEmpty)
      #expect(reason("m", SampleBenchmark.description(seed: 2)).contains("another seed (1)"))
      #expect(reason("n", SampleBenchmark.description()).contains("is in the store already, as"))
      #expect(
        reason("m", SampleBenchmark.description(), version: "2").contains(
          "is measured by emq 1; this is emq 2"))
      #expect(reason("i", SampleBenchmark.description(seed: 3), version: nil).isEmpty)
      #expect(reason("i", SampleBenchmark.description(seed: 3)).contains("was imported"))
      #expect(message { _ = try shared.benchmark(named: nil) }.contains("#i, "))
      #expect(message { _ = try shared.benchmark(named: "x") }.contains("has no benchmark x"))
    }
  }

  @Test(
    "configurations are claimed one by one, and what was put in since is left until the job is read again")
  func claims() throws {
    try PostgreSQLServer.with { server in
      let shared = try SharedStore(PostgreSQLAddress(server.url))
      let rows = SampleBenchmark.rows(3) { _ in 0.5 }
      let configurations = rows.map(\.configuration)
      func open(waits: Bool) throws -> PostgreSQLBenchmarkStore {
        try PostgreSQLBenchmarkStore(
          opening: "m", in: shared, claiming: .init(leaseSeconds: 60, waitsForOthers: waits))
      }
      let first = try PostgreSQLBenchmarkStore(
        nil, description: SampleBenchmark.description(), version: shared.version, in: shared
      ).enqueue("", configurations: [(configurations[0], .drawn), (configurations[1], .uniform)])
      #expect(try first.enqueued(.drawn) == [configurations[0]])
      let second = try open(waits: true)
      let third = try open(waits: false)
      let answers = try [first.claim(configurations), second.claim(configurations)]
      #expect(
        Set(answers.map { "\($0)" })
          == Set(configurations.prefix(2).map { "\(BenchmarkClaim.configuration($0))" }))
      #expect(try second.claim(configurations) == .wait)
      #expect(try third.claim(configurations) == .nothing)
      try first.releaseClaims()
      #expect(try third.claim([]) == .nothing)
      guard case .configuration(let again) = try third.claim(configurations) else {
        Issue.record("what was given back is not claimed")
        return
      }
      #expect(answers[0] == .configuration(again))
      for row in rows.prefix(2) { try third.insert(row) }
      #expect(try second.claim(configurations) == .nothing)
      #expect(try shared.openJobs().isEmpty)
      #expect(try shared.benchmark(named: "m").measured == 2)
      // What is given back counts as if it had not been taken.
      #expect(try shared.benchmark(named: "m").claims == 2)
      _ = try first.enqueue("", configurations: configurations.map { ($0, .drawn) })
      #expect(try open(waits: true).claim(configurations) == .configuration(configurations[2]))
    }
  }

  @Test("places are told apart, and databases that cannot be had are refused")
  func places() throws {
    #expect(try BenchmarkPlace("a/b.sqlite") == .file("a/b.sqlite"))
    #expect(
      try BenchmarkPlace("postgres://h/d#n") == .database(PostgreSQLAddress("postgres://h/d#n")))
    #expect(message { _ = try BenchmarkFile(opening: "postgres://w:s@h/d") }.contains("PGPASSFILE"))
    #expect(BenchmarkFile.name(of: "postgres://h/d?sslrootcert=/a/b.pem#resnet20") == "resnet20")
    #expect(BenchmarkFile.name(of: "a/b.exact.sqlite") == "b")
  }
}
