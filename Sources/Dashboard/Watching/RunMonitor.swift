import Foundation

/// Watches folders and tells who listens when a run changes.
///
/// Looking for runs is repeated after a hundred times what it took, so that it costs about a hundredth of the time; of the
/// runs that are known, files whose stamp is the same are not read.
public actor RunMonitor {
  /// Where is looked.
  public let folders: [WatchedFolder]
  private let finder: RunFinder
  private var runs: [RunLocation: FollowedRun] = [:]
  private var findings = RunFinder.Findings()
  private var nextSearch = ContinuousClock.now
  private var lastRefresh: ContinuousClock.Instant?
  private var listeners: [Int: AsyncStream<RunEvent>.Continuation] = [:]
  private var listenersMade = 0

  /// How often runs are looked at while somebody listens.
  static let interval = Duration.milliseconds(500)
  /// How often, while nobody does.
  static let restingInterval = Duration.seconds(5)
  /// How often those who listen hear that the program lives.
  static let heartbeat = Duration.seconds(15)

  /// Makes a monitor that has not looked yet.
  public init(_ folders: [WatchedFolder]) { self.init(folders, limits: RunFinder.Limits()) }

  package init(_ folders: [WatchedFolder], limits: RunFinder.Limits) {
    self.folders = folders
    finder = RunFinder(folders, limits: limits)
  }

  /// What is known: running ones first, then the one that changed last.
  package func snapshots() -> [RunSnapshot] {
    if lastRefresh.map({ ContinuousClock.now - $0 > Self.interval }) ?? true { refresh() }
    return runs.values.map(\.snapshot).sorted { left, right in
      let (isFirst, isSecond) = (left.state == .running, right.state == .running)
      if isFirst != isSecond { return isFirst }
      if !isFirst, left.changed != right.changed { return left.changed > right.changed }
      return left.name < right.name
    }
  }

  /// What is known of a run; nil where there is none of that name.
  func snapshot(_ identifier: String) -> RunSnapshot? {
    snapshots().first { $0.identifier == identifier }
  }

  /// What was left out, in words; nil where all was looked at.
  var omission: String? { findings.omission }

  /// Looks at all runs, and tells what changed.
  package func refresh() {
    let time = Date()
    var changed = find()
    for location in runs.keys where isInside(location) {
      if runs[location]?.refresh(at: time) ?? false { changed.insert(location.identifier) }
    }
    lastRefresh = .now
    if !changed.isEmpty { tell(.changed(changed.sorted())) }
  }

  /// Looks for runs where it is time to; the names of those that are no more, or new.
  private func find() -> Set<String> {
    let start = ContinuousClock.now
    guard start >= nextSearch else { return [] }
    findings = finder.findings()
    let found = Set(findings.runs)
    var changed = Set<String>()
    for (location, run) in runs where !found.contains(location) && !run.isThere {
      runs[location] = nil
      changed.insert(location.identifier)
    }
    for location in findings.runs where runs[location] == nil {
      // A benchmark's or a search's files appear after the activity of its command.
      runs[location] = FollowedRun(location)
      changed.insert(location.identifier)
    }
    nextSearch = .now + max(.seconds(1), (.now - start) * 100)
    return changed
  }

  private func isInside(_ location: RunLocation) -> Bool {
    let folder =
      location.kind == .search ? location.path : (location.path as NSString).deletingLastPathComponent
    return folders.contains { $0.holds(folder) }
  }

  /// What happens from now on.
  func events() -> AsyncStream<RunEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RunEvent.self, bufferingPolicy: .bufferingNewest(64))
    listenersMade += 1
    let number = listenersMade
    listeners[number] = continuation
    continuation.onTermination = { _ in Task { await self.forget(number) } }
    return stream
  }

  private func forget(_ number: Int) { listeners[number] = nil }

  private func tell(_ event: RunEvent) {
    for listener in listeners.values { listener.yield(event) }
  }

  /// Watches until the task is cancelled.
  func run() async {
    var nextHeartbeat = ContinuousClock.now + Self.heartbeat
    while !Task.isCancelled {
      let waited = lastRefresh.map { ContinuousClock.now - $0 } ?? Self.restingInterval
      if waited >= (listeners.isEmpty ? Self.restingInterval : Self.interval) { refresh() }
      if ContinuousClock.now >= nextHeartbeat {
        tell(.heartbeat)
        nextHeartbeat = .now + Self.heartbeat
      }
      try? await Task.sleep(for: Self.interval / 2)
    }
    for listener in listeners.values { listener.finish() }
    listeners = [:]
  }
}

/// What those hear who listen to a monitor.
enum RunEvent: Sendable, Equatable {
  /// These runs changed, came or went, by what they are called in addresses.
  case changed([String])
  /// The program lives.
  case heartbeat

  /// The event as a piece of an event stream.
  ///
  /// See "Server-sent events" in the HTML standard.
  var text: String {
    switch self {
    case .changed(let runs): "event: changed\ndata: \(runs.joined(separator: " "))\n\n"
    case .heartbeat: ": alive\n\n"
    }
  }
}
