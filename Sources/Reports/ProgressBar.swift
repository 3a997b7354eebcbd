import Foundation
import Foundations
import Synchronization

/// Shows progress and time left in one line of a terminal, once work takes longer than two seconds.
public final class ProgressBar: Sendable {
  private struct State {
    let start: Date
    var lastShown: Date
    var isVisible = false
  }

  private let title: String
  private let isEnabled: Bool
  private let now: @Sendable () -> Date
  private let write: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// Makes a bar.
  ///
  /// - Parameters:
  ///   - isEnabled: false where the output is not a terminal; nothing is shown then.
  ///   - write: takes what is to be shown.
  public init(
    title: String, isEnabled: Bool, now: @escaping @Sendable () -> Date = { Date() },
    write: @escaping @Sendable (String) -> Void
  ) {
    self.title = title
    self.isEnabled = isEnabled
    self.now = now
    self.write = write
    state = Mutex(State(start: now(), lastShown: now()))
  }

  /// Takes progress reports, from any thread.
  public var handler: ProgressHandler {
    { [self] progress in update(progress) }
  }

  private func update(_ progress: WorkProgress) {
    guard isEnabled else { return }
    let time = now()
    state.withLock { state in
      guard time.timeIntervalSince(state.start) > 2, time.timeIntervalSince(state.lastShown) > 0.2 else {
        return
      }
      state.lastShown = time
      state.isVisible = true
      write("\r\u{1B}[K" + line(progress, elapsed: time.timeIntervalSince(state.start)))
    }
  }

  private func line(_ progress: WorkProgress, elapsed: Double) -> String {
    let share = progress.total > 0 ? Double(progress.completed) / Double(progress.total) : 0
    let filled = Int(share * 24)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let left = share > 0 ? Self.duration(elapsed / share - elapsed) : "?"
    let note = progress.note.isEmpty ? "" : "  \(progress.note)"
    return "\(title)  \(bar) \(progress.completed)/\(progress.total)  \(left) left\(note)"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  /// Removes the line.
  public func finish() {
    state.withLock { state in
      if state.isVisible { write("\r\u{1B}[K") }
      state.isVisible = false
    }
  }
}
