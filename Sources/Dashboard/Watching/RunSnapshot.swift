import Benchmarks
import Evolution
import Foundation
import Foundations

/// What is known of a run at a time.
package struct RunSnapshot: Sendable {
  /// Whether it goes on.
  package enum State: String, Sendable, CaseIterable {
    /// Its command works.
    case running
    /// It came to its end.
    case finished
    /// Its command ended before, or was killed; the same again may resume it.
    case stopped
  }

  /// What it holds.
  package enum Content: Sendable {
    case search(Search)
    case benchmark(Benchmark)
    /// What its activity tells is all.
    case work
  }

  /// A search.
  package struct Search: Sendable {
    /// How it is run and on what; nil where that cannot be read.
    package var description: RunFolder.Description?
    /// A row a generation, thinned to what charts show.
    package var history: [HistoryRow] = []
    /// What was turned away.
    package var screening: [ScreeningRow] = []
    /// The best proxies.
    package var proxies: [ListedProxy] = []
  }

  /// A benchmark.
  package struct Benchmark: Sendable {
    /// Its rows; nil where they cannot be read.
    package var glance: BenchmarkGlance?
    /// How many rows there were at times since it is watched.
    package var growth: [(time: Date, rows: Int)] = []
  }

  /// What it is called in addresses.
  package let identifier: String
  /// The path from the watched folder on.
  package let name: String
  /// What its command is called.
  package let command: String
  /// Whether it goes on.
  package let state: State
  /// What its command tells; nil of a run that ended, or never told.
  package let activity: Activity?
  /// What it holds.
  package let content: Content
  /// What is wrong with its files, each in a line.
  package let troubles: [String]
  /// When its files were written last.
  package let changed: Date
  /// Grows with each change.
  package let revision: Int
}
