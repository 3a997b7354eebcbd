import Evolution
import Foundation
import Foundations

/// Looks for runs in folders and those below them, without following links.
package struct RunFinder: Sendable {
  /// How far and how much is looked at.
  package struct Limits: Sendable {
    /// Folders below one another.
    package var depth: Int
    /// Names in all folders.
    package var names: Int
    /// Runs.
    package var runs: Int

    package init(depth: Int = 5, names: Int = 50_000, runs: Int = 500) {
      (self.depth, self.names, self.runs) = (depth, names, runs)
    }
  }

  /// What was found.
  package struct Findings: Sendable {
    /// The runs, in the order of the folders.
    package var runs: [RunLocation] = []
    /// What was left out, in words; nil where all was looked at.
    package var omission: String?
  }

  let folders: [WatchedFolder]
  let limits: Limits

  /// Makes a finder.
  package init(_ folders: [WatchedFolder], limits: Limits = Limits()) {
    (self.folders, self.limits) = (folders, limits)
  }

  /// Looks at all folders.
  package func findings() -> Findings {
    var findings = Findings()
    var names = 0
    for folder in folders {
      // The folders nearest to the top first, so that limits cut off what lies deepest.
      var level = [""]
      for depth in 0...limits.depth where !level.isEmpty {
        var below: [String] = []
        for relative in level {
          guard names < limits.names else {
            findings.omission = "more than \(limits.names) names: some were not looked at"
            return findings
          }
          let path = relative.isEmpty ? folder.path : "\(folder.path)/\(relative)"
          let listing = FolderListing(path, limit: limits.names - names)
          names += listing.count
          findings.runs += runs(listing, in: path, relative, of: folder)
          below += listing.folders.map { relative.isEmpty ? $0 : "\(relative)/\($0)" }
        }
        if depth == limits.depth, !below.isEmpty {
          findings.omission = "folders more than \(limits.depth) below were not looked at"
        }
        level = below
      }
    }
    if findings.runs.count > limits.runs {
      findings.omission = "\(findings.runs.count) runs: only the first \(limits.runs) are shown"
      findings.runs.removeLast(findings.runs.count - limits.runs)
    }
    return findings
  }

  private func runs(
    _ listing: FolderListing, in path: String, _ relative: String, of folder: WatchedFolder
  ) -> [RunLocation] {
    func name(_ file: String) -> String {
      let parts = (folders.count > 1 || (relative.isEmpty && file.isEmpty) ? [folder.name] : [])
      return (parts + [relative, file]).filter { !$0.isEmpty }.joined(separator: "/")
    }
    var runs: [RunLocation] = []
    let own = Activity.path(in: path)
    if listing.files.contains(RunFolder.FileName.description)
      || listing.files.contains(RunFolder.FileName.history)
    {
      runs.append(RunLocation(kind: .search, path: path, activityPath: own, name: name("")))
    } else if listing.files.contains(Activity.fileName) {
      runs.append(RunLocation(kind: .work, path: path, activityPath: own, name: name("")))
    }
    let benchmarks = Set(listing.files.filter(Self.isBenchmark))
    for file in listing.files {
      if benchmarks.contains(file) {
        runs.append(
          RunLocation(
            kind: .benchmark, path: "\(path)/\(file)",
            activityPath: Activity.path(besides: "\(path)/\(file)"), name: name(file)))
      } else if file.hasSuffix(Activity.fileSuffix) {
        let output = String(file.dropLast(Activity.fileSuffix.count))
        guard !benchmarks.contains(output) else { continue }
        runs.append(
          RunLocation(
            kind: .work, path: "\(path)/\(output)", activityPath: "\(path)/\(file)", name: name(output)))
      }
    }
    return runs
  }

  private static func isBenchmark(_ file: String) -> Bool {
    ["sqlite", "sqlite3", "db"].contains { file.hasSuffix(".\($0)") }
  }
}
