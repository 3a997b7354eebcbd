import Foundation
import Foundations

/// Where a run is, as its files tell.
package struct RunLocation: Hashable, Sendable {
  /// What kind of run.
  package enum Kind: Hashable, Sendable {
    /// A search in the folder.
    case search
    /// A benchmark in the file.
    case benchmark
    /// Work of another command, known by what it tells of its activity.
    case work
  }

  /// What kind of run.
  package let kind: Kind
  /// The folder of a search, the file of a benchmark, what other work writes.
  package let path: String
  /// The file in which its command tells where it is.
  package let activityPath: String
  /// The path from the watched folder on, for people.
  package let name: String

  /// What it is called in addresses: 12 hexadecimal digits, which tell nothing of paths; the same when work becomes a search
  /// or a benchmark by the files that it writes.
  package var identifier: String { String(sha256(Data(path.utf8)).prefix(12)) }
}
