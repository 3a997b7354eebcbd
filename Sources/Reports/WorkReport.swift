import Foundation

/// What a worker of a store did.
public struct WorkReport: Report {
  private let store: String
  private let tasks: Int
  private let seconds: Double

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - store: whose tasks they were.
  ///   - tasks: how many were finished.
  ///   - seconds: how long it took, waiting included.
  public init(store: String, tasks: Int, seconds: Double) {
    self.store = store
    self.tasks = tasks
    self.seconds = seconds
  }

  /// A line.
  public func text(width: Int?) -> String {
    "\(store): \(tasks) \(tasks == 1 ? "task" : "tasks") in \(String(format: "%.1f", seconds)) s"
  }
}
