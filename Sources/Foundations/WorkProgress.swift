import Synchronization

/// How far a long piece of work has come.
public struct WorkProgress: Sendable, Equatable {
  /// Units of work done.
  public var completed: Int
  /// Units of work in all; 0 where that is not known.
  public var total: Int
  /// A few words on the state, such as the best fitness so far; may be empty.
  public var note: String

  /// Makes a progress report.
  public init(completed: Int, total: Int, note: String = "") {
    self.completed = completed
    self.total = total
    self.note = note
  }
}

/// Receives progress reports; called from any thread, so it does its own locking.
public typealias ProgressHandler = @Sendable (WorkProgress) -> Void

/// Says whether the user asked to stop; long work asks it between units, saves and returns.
public typealias CancellationCheck = @Sendable () -> Bool

/// Counts finished pieces of work from any thread and reports each.
public final class ProgressCounter: Sendable {
  private let completed = Atomic<Int>(0)
  private let total: Int
  private let handler: ProgressHandler?

  /// Makes a counter at 0.
  public init(total: Int, handler: ProgressHandler?) {
    self.total = total
    self.handler = handler
  }

  /// Counts one more.
  ///
  /// - Parameter note: a few words on the state, such as the best so far.
  public func advance(_ note: String = "") {
    let count = completed.add(1, ordering: .relaxed).newValue
    handler?(WorkProgress(completed: count, total: total, note: note))
  }
}
