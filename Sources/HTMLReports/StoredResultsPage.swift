import Benchmarks
import Evolution
import Foundation
import Foundations
import PostgreSQLBenchmarks
import Reports
import Studies

/// The page of what the program keeps in files: the folder of a search, or benchmarks.
public struct StoredResultsPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// Benchmarks that are shown on a page at most.
  public static let maximumBenchmarks = 20

  /// Opens a search or benchmarks.
  ///
  /// - Parameters:
  ///   - paths: the folder of one search, or files of benchmarks.
  ///   - seed: of the noise ceilings of benchmarks; a search has its own.
  /// - Throws: an error that says what a path is not, and what would be right.
  public init(opening paths: [String], seed: UInt64, threads: Int) throws {
    let folder = paths.first { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
    if let folder {
      guard paths.count == 1 else {
        throw FileError(.usage, "\(folder): is a folder; the page of a search takes its folder alone")
      }
      page = try SearchPage(Self.search(folder, threads: threads)).page
    } else {
      guard paths.count <= Self.maximumBenchmarks else {
        throw FileError(
          .usage, "\(paths.count) benchmarks are too many for one page; \(Self.maximumBenchmarks) fit")
      }
      page =
        BenchmarkPage(
          try paths.map { path in
            (
              path,
              try BenchmarkReport(BenchmarkFile(opening: path), path: path, showing: .top1, seed: seed)
            )
          }
        ).page
    }
  }

  private static func search(_ folder: String, threads: Int) throws -> SearchResults {
    let job = try SearchJob(resuming: folder) { _ in }
    guard let saved = job.saved, saved.generation > 0 else {
      throw EvolutionError("\(folder): its search has done no generation yet; resume it first")
    }
    let search = try EvolutionSearch(
      problem: job.problem, space: job.description.space, options: job.description.options,
      warmStart: job.warmStart, state: saved)
    return try SearchResults(job, search, threads: threads)
  }
}
