import Benchmarks
import BitModel
import Foundation
import Foundations
import PostgreSQL
import SharedStore
import Synchronization

/// A benchmark in a PostgreSQL database, which many machines may build at once.
///
/// A configuration is claimed for the time of a lease, which is renewed while it is measured. What a killed worker had claimed
/// is measured by another one when the lease has ended; a result that comes late or twice does no harm.
public final class PostgreSQLBenchmarkStore: BenchmarkStore {
  /// How work is claimed.
  public struct Claiming: Sendable {
    /// What the worker is called.
    public var worker: String
    /// Seconds that a lease lasts unless it is renewed, by the server's clock.
    public var leaseSeconds: Double
    /// Whether what others are measuring is waited for, as they may fail.
    public var waitsForOthers: Bool

    /// Makes a way to claim work.
    public init(
      worker: String = SharedStore.workerName, leaseSeconds: Double = 60,
      waitsForOthers: Bool = true
    ) {
      self.worker = worker
      self.leaseSeconds = leaseSeconds
      self.waitsForOthers = waitsForOthers
    }
  }

  struct State {
    /// Where in the order of configurations the last one was.
    var position: Int
    var claims: [BitConfiguration: StoreClaim] = [:]
  }

  /// What the rows have in common.
  public let description: BenchmarkDescription
  /// The benchmark as it was when the store was opened.
  public let benchmark: StoredBenchmark
  /// The store that it lies in.
  public let store: SharedStore
  let claiming: Claiming
  let key: [SQLValue]
  let keeper: LeaseKeeper
  let state: Mutex<State>

  /// What messages call it.
  public var name: String { "\(store.name)#\(benchmark.name)" }

  /// Opens a benchmark.
  ///
  /// - Parameters:
  ///   - name: nil for the only one there is.
  ///   - store: where it lies.
  ///   - claiming: how work is claimed.
  /// - Throws: `BenchmarkError` listing the names there are.
  public init(opening name: String?, in store: SharedStore, claiming: Claiming = Claiming()) throws {
    self.store = store
    self.claiming = claiming
    benchmark = try store.benchmark(named: name)
    description = benchmark.description
    key = try Self.key(description)
    keeper = LeaseKeeper(store, seconds: claiming.leaseSeconds)
    // Workers that begin at different places share less of what neighbours have in common, but each more of its own.
    state = Mutex(State(position: Int.random(in: -1..<max(1, benchmark.configurations))))
  }

  /// Opens a benchmark to add rows to, or makes it where there is none of the name.
  ///
  /// - Parameters:
  ///   - name: nil for the network's.
  ///   - description: what the rows have in common.
  ///   - version: the version of the program that rows are of; nil where that is not known.
  ///   - store: where it lies.
  ///   - claiming: how work is claimed.
  /// - Throws: `BenchmarkError` where the name is that of another benchmark, or rows are of another version.
  public convenience init(
    _ name: String?, description: BenchmarkDescription, version: String?, in store: SharedStore,
    claiming: Claiming = Claiming()
  ) throws {
    let name = name ?? BenchmarkFile.name(of: description.model)
    let json = String(decoding: try BenchmarkDescription.encoder.encode(description), as: UTF8.self)
    let key = try Self.key(description)
    let names = try store.client.run { connection in
      try connection.run(
        "INSERT INTO emq.benchmark VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        key + [.text(name), .text(json), .optional(version)])
      return try connection.run("SELECT name FROM emq.benchmark WHERE \(Self.own)", key).map {
        try $0.text("name")
      }
    }
    if let other = names.first, other != name {
      throw BenchmarkError(
        "\(store.name)#\(name): the benchmark is in the store already, as \(store.name)#\(other)",
        kind: .usage)
    }
    try self.init(opening: name, in: store, claiming: claiming)
    if let difference = try benchmark.description.difference(from: description) {
      throw BenchmarkError("\(self.name): holds a benchmark of \(difference); name another one", kind: .usage)
    }
    if let version { try requireVersion(version) }
  }

  /// Checks that rows of a version may be added.
  ///
  /// - Throws: `BenchmarkError` where those that are there are of another one.
  public func requireVersion(_ version: String) throws {
    guard benchmark.version != version else { return }
    let known =
      benchmark.version.map { "is measured by emq \($0)" } ?? "was imported, of a version that is not known"
    throw BenchmarkError(
      "\(name): \(known); this is emq \(version), and rows of two versions are not mixed",
      kind: .configuration)
  }

  static let own = "network = $1 AND protocol = $2 AND seed = $3"

  /// What rows are kept under, beside the configuration.
  static func key(_ description: BenchmarkDescription) throws -> [SQLValue] {
    [
      .text(description.network), .text(try description.protocolDigest()),
      .integer(Int(Int64(bitPattern: description.seed))),
    ]
  }

  /// Notes the file of the benchmark's statistics.
  ///
  /// - Parameter digest: that of a file in the store.
  public func keepStatistics(_ digest: String) throws {
    try store.client.run {
      _ = try $0.run("UPDATE emq.benchmark SET statistics = $4 WHERE \(Self.own)", key + [.text(digest)])
    }
  }

  /// Puts the work in, or further configurations.
  ///
  /// - Parameters:
  ///   - specification: what a worker needs to know.
  ///   - configurations: what is to be measured and why, in the order in which it is best done; what has a row is left out.
  /// - Returns: the same benchmark, ready to be worked on.
  public func enqueue(
    _ specification: String, configurations: [(BitConfiguration, BenchmarkRow.Role)]
  ) throws -> PostgreSQLBenchmarkStore {
    let measured = try self.configurations()
    let job = try store.enqueue(
      StoreJob(
        kind: .benchmark, name: benchmark.name, specification: specification, version: store.version),
      tasks: configurations.filter { !measured.contains($0.0) }.map {
        StoreTask($0.0.description, detail: $0.1.rawValue)
      })
    guard let number = job.number else { return self }
    try store.client.run {
      _ = try $0.run("UPDATE emq.benchmark SET job = $4 WHERE \(Self.own)", key + [.integer(number)])
    }
    return try PostgreSQLBenchmarkStore(opening: benchmark.name, in: store, claiming: claiming)
  }

  /// What was put in to be measured, whether it is so or not.
  ///
  /// - Parameter role: why it is measured.
  public func enqueued(_ role: BenchmarkRow.Role) throws -> [BitConfiguration] {
    guard let job = benchmark.job else { return [] }
    return try store.tasks(of: job).filter { $0.detail == role.rawValue }.compactMap {
      BitConfiguration($0.name)
    }
  }
}
