import Foundation
import Synchronization

/// Keeps the ``Activity`` of a command in a file while it works.
///
///     let recorder = ActivityRecorder(command: "search", output: "run", path: Activity.path(in: "run"))
///     recorder.start()
///     defer { recorder.end(isKept: false) }
///     try work(context.showing(recorder.stage))
///
/// Reports of progress only note numbers; the file is written apart from the work, once a second at most. Where it cannot
/// be written the work goes on without.
public final class ActivityRecorder: Sendable {
  private struct State {
    var activity: Activity
    var open: [(number: Int, stage: Activity.CurrentStage)] = []
    var stagesBegun = 0
    var isChanged = false
  }

  private struct Output {
    var hasEnded = false
    var writer: Task<Void, Never>?
  }

  private static let greatestStageCount = 100
  private let path: String
  private let now: @Sendable () -> Date
  private let state: Mutex<State>
  private let output = Mutex(Output())

  /// Makes a recorder, which writes nothing before the first stage begins.
  public init(
    command: String, output: String, path: String, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.path = path
    self.now = now
    state = Mutex(State(activity: Activity(command: command, output: output, started: now())))
  }

  /// Begins a stage, whose progress is noted until it is finished.
  public func stage(_ title: String) -> WorkContext.Stage {
    let time = now()
    let number = state.withLock { state in
      state.stagesBegun += 1
      state.isChanged = true
      state.open.append((state.stagesBegun, Activity.CurrentStage(name: title, began: time)))
      return state.stagesBegun
    }
    return WorkContext.Stage(
      progress: { [self] in note($0, of: number) }, finish: { [self] in finish(number) })
  }

  private func note(_ progress: WorkProgress, of number: Int) {
    state.withLock { state in
      guard let position = state.open.lastIndex(where: { $0.number == number }) else { return }
      // The stage that was heard of last is the one that is shown.
      var (_, stage) = state.open.remove(at: position)
      stage.completed = progress.completed
      stage.total = progress.total
      stage.note = progress.note
      if stage.first == nil { stage.first = .init(completed: progress.completed, time: now()) }
      state.open.append((number, stage))
      state.isChanged = true
    }
  }

  private func finish(_ number: Int) {
    let time = now()
    state.withLock { state in
      guard let position = state.open.firstIndex(where: { $0.number == number }) else { return }
      let stage = state.open.remove(at: position).stage
      let seconds = time.timeIntervalSince(stage.began)
      state.isChanged = true
      if let known = state.activity.finished.firstIndex(where: { $0.name == stage.name }) {
        state.activity.finished[known].seconds += seconds
      } else if state.activity.finished.count < Self.greatestStageCount {
        state.activity.finished.append(.init(name: stage.name, seconds: seconds))
      }
    }
  }

  /// Writes the file where something changed since, or a heartbeat is due.
  ///
  /// - Returns: whether it was written.
  @discardableResult
  public func writeIfDue() -> Bool {
    let time = now()
    let due = state.withLock { state -> Activity? in
      guard state.stagesBegun > 0,
        state.isChanged || time.timeIntervalSince(state.activity.written) >= Activity.heartbeat
      else { return nil }
      state.isChanged = false
      state.activity.written = time
      state.activity.stage = state.open.last?.stage
      return state.activity
    }
    guard let due else { return false }
    return output.withLock { output in
      guard !output.hasEnded else { return false }
      do {
        // It need not outlive the machine, so nothing waits for the disk.
        let data = try due.data()
        try AtomicFile.write(to: path) { try data.write(to: URL(fileURLWithPath: $0)) }
        return true
      } catch {
        return false
      }
    }
  }

  /// Writes the file every second from now on.
  public func start() {
    let writer = Task.detached(priority: .utility) { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        guard !Task.isCancelled, let self else { return }
        self.writeIfDue()
      }
    }
    output.withLock { $0.writer = writer }
  }

  /// Ends the recording.
  ///
  /// - Parameter isKept: whether the file stays as it was written last, as that of work which can be resumed.
  public func end(isKept: Bool) {
    if isKept { writeIfDue() }
    output.withLock { output in
      guard !output.hasEnded else { return }
      output.hasEnded = true
      output.writer?.cancel()
      if !isKept { unlink(path) }
    }
  }
}
