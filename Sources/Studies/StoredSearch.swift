import Benchmarks
import Evolution
import Foundation
import Foundations
import SharedStore

/// A search that many machines share: a job in a store with all that a worker needs to evolve its islands.
///
/// Each island's way through an epoch is a task. Whoever finds that a rule says to stop marks those that are left as finished,
/// so that workers look for other jobs.
public struct StoredSearch: Sendable {
  /// The store.
  public let store: SharedStore
  /// The job, with its number.
  public let job: StoreJob
  /// What the search is; paths of benchmarks and statistics are the digests of files in the store.
  public let description: RunFolder.Description

  /// The tasks that a search may have, beyond which a store would be slow.
  static let greatestTaskCount = 100_000

  /// Puts a search in, with what it is run on, unless it is there.
  ///
  /// - Throws: `EvolutionError` where its epochs are too many, errors of the store where that cannot be written.
  public init(_ search: SearchJob, in store: SharedStore, context: WorkContext) throws {
    var description = search.description
    let (count, islands) = (description.options.epochCount, description.options.islands)
    guard count <= Self.greatestTaskCount / islands else {
      throw EvolutionError(
        "\(count) epochs of \(islands) islands are more than \(Self.greatestTaskCount), which a store is"
          + " not made for; a longer migration interval makes them fewer", kind: .usage)
    }
    let name = try Self.name(of: description)
    description.benchmarks = try context.stage("files for the store") { progress in
      try zip(search.benchmarks, description.benchmarks).map { benchmark, record in
        let rows = BenchmarkFile(description: benchmark.description, rows: benchmark.rows)
        var stored = record
        stored.path = try store.add(rows.data(.csv))
        stored.statistics = try store.add(AtomicFile.read(record.statistics), progress: progress)
        return stored
      }
    }
    self.store = store
    self.description = description
    job = try store.enqueue(
      StoreJob(
        kind: .evolution, name: name,
        specification: String(decoding: try Self.encoder.encode(description), as: UTF8.self),
        version: store.version),
      tasks: description.options.epochs.flatMap { epoch in
        (0..<islands).map { StoreTask("generation \(epoch.end), island \($0)") }
      })
  }

  /// The search of a job.
  ///
  /// - Throws: `EvolutionError` where that is none.
  public init(_ job: StoreJob, in store: SharedStore) throws {
    guard job.kind == .evolution,
      let description = try? JSONDecoder().decode(
        RunFolder.Description.self, from: Data(job.specification.utf8))
    else { throw EvolutionError("\(store.name)#\(job.name): is no search, or is damaged; put it in again") }
    self.store = store
    self.job = job
    self.description = description
  }

  /// What a search is called: half of the digest of what it is, wherever its files lie.
  static func name(of description: RunFolder.Description) throws -> String {
    var identity = description
    identity.survey = nil
    for index in identity.benchmarks.indices {
      identity.benchmarks[index].path = ""
      identity.benchmarks[index].statistics = ""
    }
    return String(sha256(try encoder.encode(identity)).prefix(32))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// The search at its beginning, of files that are fetched from the store.
  ///
  /// - Parameters:
  ///   - cache: the folder that they are fetched to.
  ///   - context: threads, cancellation and progress.
  public func search(cache: String, context: WorkContext) throws -> EvolutionSearch {
    var here = description
    here.benchmarks = try context.stage("files from the store") { progress in
      try here.benchmarks.map { stored in
        var record = stored
        record.path = try store.fetch(stored.path, into: cache, progress: progress)
        record.statistics = try store.fetch(stored.statistics, into: cache, progress: progress)
        return record
      }
    }
    let source = "\(store.name)#\(job.name)"
    return try EvolutionSearch(
      problem: SearchJob.opened(here, from: source).problem, space: here.space, options: here.options,
      warmStart: here.warmStartGenomes(from: source))
  }

  /// Marks what is left as finished where a rule says to stop.
  ///
  /// - Returns: whether that is so.
  @discardableResult
  public func end(_ search: EvolutionSearch) throws -> Bool {
    guard search.isFinished, let number = job.number else { return false }
    try store.finishAll(job: number)
    return true
  }
}
