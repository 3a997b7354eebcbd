import Foundation
import Foundations
import Synchronization

/// Shows progress and time left in one line of a terminal, once work takes longer than two seconds.
public final class ProgressBar: Sendable {
  private struct State {
    let start: Date
    var estimate: ProgressEstimate
    var lastShown: Date
    var isVisible = false
  }

  /// Removes what stands in a terminal's present line.
  public static let eraser = "\r\u{1B}[K"

  private static let longest = 24
  private static let shortest = 6

  private let title: String
  private let terminal: @Sendable () -> Terminal
  private let now: @Sendable () -> Date
  private let write: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// Makes a bar.
  ///
  /// - Parameters:
  ///   - terminal: where it is shown, asked each time, as windows change their width; nothing is shown where the cursor
  ///     cannot be moved.
  ///   - write: takes what is to be shown.
  public init(
    title: String, terminal: @escaping @Sendable () -> Terminal,
    now: @escaping @Sendable () -> Date = { Date() },
    write: @escaping @Sendable (String) -> Void
  ) {
    self.title = title
    self.terminal = terminal
    self.now = now
    self.write = write
    let start = now()
    state = Mutex(State(start: start, estimate: ProgressEstimate(start: start), lastShown: start))
  }

  /// Takes progress reports, from any thread.
  public var handler: ProgressHandler {
    { [self] progress in update(progress) }
  }

  private func update(_ progress: WorkProgress) {
    let time = now()
    state.withLock { state in
      state.estimate.take(progress, at: time)
      guard time.timeIntervalSince(state.start) > 2, time.timeIntervalSince(state.lastShown) > 0.2 else {
        return
      }
      let terminal = terminal()
      guard terminal.movesCursor else { return }
      state.lastShown = time
      state.isVisible = true
      write(Self.eraser + line(progress, left: state.estimate.left(at: time), terminal))
    }
  }

  /// The line, a character shorter than the terminal is wide, as some wrap a full one: the bar gives way first, then the
  /// note, then the rest.
  private func line(_ progress: WorkProgress, left: String?, _ terminal: Terminal) -> String {
    let width = max(1, (terminal.width ?? Terminal.usualWidth) - 1)
    let isCounted = progress.total > 0
    let figures =
      isCounted ? "\(progress.completed)/\(progress.total)  \(left ?? "?") left" : "\(progress.completed)"
    let room = width - title.count - 2 - figures.count
    let note = progress.note.isEmpty ? "" : "  \(progress.note)"
    // A space stands behind the bar.
    let wanted = min(Self.longest, max(Self.shortest, room - 1 - note.count))
    let length = isCounted && room > wanted ? wanted : 0
    let noteRoom = length > 0 ? room - 1 - length : room
    let shownNote = noteRoom > 6 ? note.shortened(to: noteRoom) : ""
    guard length > 0 else { return "\(title)  \(figures)\(shownNote)".shortened(to: width) }
    let share = min(1, max(0, Double(progress.completed) / Double(progress.total)))
    let filled = Int(share * Double(length))
    let bar =
      terminal.styled(String(repeating: "█", count: filled), .progress)
      + String(repeating: "░", count: length - filled)
    return "\(title)  \(bar) \(figures)\(shownNote)"
  }

  /// Removes the line.
  public func finish() {
    state.withLock { state in
      if state.isVisible { write(Self.eraser) }
      state.isVisible = false
    }
  }
}
