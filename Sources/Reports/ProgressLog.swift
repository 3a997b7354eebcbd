import Foundation
import Foundations
import Synchronization

/// Says in plain lines how far stages are, where no line can be written anew: in a log, or in a pipe.
///
///     statistics: 120 of 512, 3 min 20 s left
///     statistics: done in 4 min 2 s
///
/// Stages of two seconds and less say nothing. Of all stages together there is at most one line of progress a minute, and
/// each stage that is not part of another one has a line at its end.
public final class ProgressLog: Sendable {
  private struct State {
    var lastProgress: Date?
    var open = 0
  }

  private struct StageState {
    let start: Date
    let isInner: Bool
    var estimate: ProgressEstimate
    var latest: WorkProgress?
    var isFinished = false
  }

  private let now: @Sendable () -> Date
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Makes a log.
  ///
  /// - Parameter write: takes a line, without its end.
  public init(now: @escaping @Sendable () -> Date = { Date() }, write: @escaping @Sendable (String) -> Void) {
    self.now = now
    self.write = write
  }

  /// Begins a stage.
  public func stage(_ title: String) -> WorkContext.Stage {
    let start = now()
    let isInner = state.withLock { state in
      state.open += 1
      return state.open > 1
    }
    let stage = Shared(
      StageState(start: start, isInner: isInner, estimate: ProgressEstimate(start: start)))
    return WorkContext.Stage(
      progress: { [self] in update($0, of: stage, title) }, finish: { [self] in finish(stage, title) })
  }

  private func update(_ progress: WorkProgress, of stage: Shared, _ title: String) {
    let time = now()
    stage.value.withLock { stage in
      guard !stage.isFinished else { return }
      stage.estimate.take(progress, at: time)
      stage.latest = progress
      // The line of the end follows at once.
      guard progress.total == 0 || progress.completed < progress.total else { return }
      let left = stage.estimate.left(at: time)
      // A line that tells the time left is worth waiting for.
      let patience = left == nil && progress.total > 0 ? 10.0 : 2
      guard time.timeIntervalSince(stage.start) > patience, isDue(time) else { return }
      var parts = [
        progress.total > 0 ? "\(progress.completed) of \(progress.total)" : "\(progress.completed)"
      ]
      if let left { parts.append("\(left) left") }
      if !progress.note.isEmpty { parts.append(progress.note) }
      write("\(title): \(parts.joined(separator: ", "))")
    }
  }

  /// Whether a minute has passed since the last line of progress, which the caller then writes.
  private func isDue(_ time: Date) -> Bool {
    state.withLock { state in
      if let last = state.lastProgress, time.timeIntervalSince(last) < 60 { return false }
      state.lastProgress = time
      return true
    }
  }

  private func finish(_ stage: Shared, _ title: String) {
    let time = now()
    stage.value.withLock { stage in
      guard !stage.isFinished else { return }
      stage.isFinished = true
      state.withLock { $0.open -= 1 }
      let seconds = time.timeIntervalSince(stage.start)
      guard seconds > 2, !stage.isInner else { return }
      let duration = ProgressEstimate.duration(seconds)
      // Stages may end before the last piece: because nothing better is left, or because they failed.
      if let latest = stage.latest, latest.completed < latest.total {
        write("\(title): ended after \(duration), at \(latest.completed) of \(latest.total)")
      } else {
        write("\(title): done in \(duration)")
      }
    }
  }

  private final class Shared: Sendable {
    let value: Mutex<StageState>

    init(_ value: StageState) { self.value = Mutex(value) }
  }
}
