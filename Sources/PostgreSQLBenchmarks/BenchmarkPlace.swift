import Benchmarks
import Foundation
import Foundations
import PostgreSQL
import SharedStore

/// Where a benchmark is: the one place that tells files from databases.
///
///     let content = try BenchmarkPlace("postgres://db01/emq#resnet20").content()
public enum BenchmarkPlace: Sendable, Equatable {
  /// In an SQLite file, or an exported one.
  case file(String)
  /// In a database, under the name that the URL ends with.
  case database(PostgreSQLAddress)

  /// Reads a path or a URL.
  ///
  /// - Throws: `PostgreSQLError` where a URL cannot be read or has a password in it.
  public init(_ text: String) throws {
    self = PostgreSQLAddress.isAddress(text) ? .database(try PostgreSQLAddress(text)) : .file(text)
  }

  /// Its rows and what they have in common.
  ///
  /// - Throws: `BenchmarkError`, `FileError`, `SharedStoreError` or `PostgreSQLError` in a line.
  public func content() throws -> BenchmarkFile {
    switch self {
    case .file(let path):
      guard try AtomicFile.read(path).starts(with: Data("SQLite format 3".utf8)) else {
        return try BenchmarkFile(contentsOf: path)
      }
      let store = try SQLiteBenchmarkStore(opening: path)
      return BenchmarkFile(description: store.description, rows: try store.rows())
    case .database(let address):
      let shared = try SharedStore(address, for: .reading)
      let store = try PostgreSQLBenchmarkStore(opening: address.name, in: shared)
      return BenchmarkFile(description: store.description, rows: try store.rows())
    }
  }

  /// The file of the statistics that were made with it; those in a database are fetched into a cache.
  ///
  /// - Returns: nil where there are none.
  public func statisticsPath(cache: String = SharedStore.usualCache) throws -> String? {
    switch self {
    case .file(let path):
      let beside = BenchmarkFile.statisticsPath(of: path)
      return FileManager.default.fileExists(atPath: beside) ? beside : nil
    case .database(let address):
      let shared = try SharedStore(address, for: .reading)
      return try shared.benchmark(named: address.name).statistics.map { try shared.fetch($0, into: cache) }
    }
  }

  /// What says where statistics are looked for.
  public var statisticsText: String {
    switch self {
    case .file(let path): BenchmarkFile.statisticsPath(of: path)
    case .database: "the store"
    }
  }

  /// Adds rows that were measured elsewhere, and makes the benchmark where it is not there.
  ///
  /// - Throws: `BenchmarkError` where another benchmark is there.
  public func add(_ content: BenchmarkFile) throws {
    switch self {
    case .file(let path):
      try SQLiteBenchmarkStore(path: path, description: content.description).insert(content.rows)
    case .database(let address):
      let shared = try SharedStore(address)
      try PostgreSQLBenchmarkStore(
        address.name, description: content.description, version: nil, in: shared
      ).insert(content.rows)
    }
  }
}

extension BenchmarkFile {
  /// Reads an SQLite benchmark, an exported file, or a benchmark of a database.
  ///
  /// - Parameter place: a path, or a URL such as `postgres://db01/emq#resnet20`.
  public init(opening place: String) throws { self = try BenchmarkPlace(place).content() }
}
