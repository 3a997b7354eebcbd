import Foundation
import Foundations

/// A run and what was read of it so far.
struct FollowedRun: Sendable {
  private enum Files: Sendable {
    case search(SearchFiles)
    case benchmark(BenchmarkRows)
    case work
  }

  let location: RunLocation
  private var files: Files
  private var activity: Activity?
  private var activityStamp: WatchedFile.Stamp?
  private var activityTrouble: String?
  private var state = RunSnapshot.State.stopped
  private var revision = 0

  /// Seconds since the last change within which a run that tells nothing counts as running.
  private static let silence = 5.0

  init(_ location: RunLocation) {
    self.location = location
    files =
      switch location.kind {
      case .search: .search(SearchFiles(location.path))
      case .benchmark: .benchmark(BenchmarkRows(location.path))
      case .work: .work
      }
  }

  /// Whether something is left of it: work of which nothing is left but what it wrote stays until then.
  var isThere: Bool {
    switch location.kind {
    case .search, .benchmark: false
    case .work: activityStamp == nil && FileManager.default.fileExists(atPath: location.path)
    }
  }

  /// Reads what changed; false where nothing did.
  mutating func refresh(at time: Date) -> Bool {
    var hasChanged = readActivity()
    switch files {
    case .search(var search):
      hasChanged = search.refresh(at: time) || hasChanged
      files = .search(search)
    case .benchmark(var benchmark):
      hasChanged = benchmark.refresh(at: time) || hasChanged
      files = .benchmark(benchmark)
    case .work: break
    }
    let present = presentState(at: time)
    hasChanged = hasChanged || present != state
    state = present
    if hasChanged { revision += 1 }
    return hasChanged
  }

  private mutating func readActivity() -> Bool {
    let stamp = WatchedFile.stamp(location.activityPath)
    guard stamp != activityStamp else { return false }
    activityStamp = stamp
    activityTrouble = nil
    guard stamp != nil else { return true }
    let name = (location.activityPath as NSString).lastPathComponent
    do {
      activity = try Activity(
        WatchedFile.content(location.activityPath, limit: 1 << 20) ?? Data(), source: name)
    } catch {
      activityTrouble = (error as? any DescribedError)?.description ?? "\(name): cannot be read"
    }
    return true
  }

  private func presentState(at time: Date) -> RunSnapshot.State {
    if activityStamp != nil, let activity { return activity.isAlive(at: time) ? .running : .stopped }
    let isRecent = time.timeIntervalSince(changed) < Self.silence
    switch files {
    case .search(let search): return search.isDone ? .finished : isRecent ? .running : .stopped
    // Only who builds a benchmark knows how many rows it is to have.
    case .benchmark: return activity == nil && isRecent ? .running : .finished
    case .work:
      let isWritten = FileManager.default.fileExists(atPath: location.path)
      return activity != nil && activityStamp == nil && isWritten ? .finished : .stopped
    }
  }

  private var changed: Date {
    let own = activityStamp?.date ?? .distantPast
    return switch files {
    case .search(let search): max(own, search.changed)
    case .benchmark(let benchmark): max(own, benchmark.changed)
    case .work: max(own, activity?.written ?? .distantPast)
    }
  }

  /// What is known.
  var snapshot: RunSnapshot {
    let (content, troubles, command): (RunSnapshot.Content, [String], String) =
      switch files {
      case .search(let files): (.search(files.search), files.troubles, "search")
      case .benchmark(let rows):
        (.benchmark(rows.benchmark), rows.trouble.map { [$0] } ?? [], "benchmark build")
      case .work: (.work, [], "work")
      }
    return RunSnapshot(
      identifier: location.identifier, name: location.name, command: activity?.command ?? command,
      state: state, activity: state == .finished && location.kind != .work ? nil : activity,
      content: content, troubles: troubles + (activityTrouble.map { [$0] } ?? []), changed: changed,
      revision: revision)
  }
}
