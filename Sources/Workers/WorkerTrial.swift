import Foundation
import Foundations
import PostgreSQL
import SharedStore
import Synchronization

/// Workers that sleep in place of working, each with connections of its own: how well work is shared.
public struct WorkerTrial: Sendable {
  private let workers: Int
  private let tasks: Int
  private let sleep: Double

  /// Makes a trial.
  ///
  /// - Parameters:
  ///   - workers: how many work at once.
  ///   - tasks: how many there are.
  ///   - sleep: seconds that each takes.
  public init(workers: Int, tasks: Int, sleep: Double) {
    self.workers = workers
    self.tasks = tasks
    self.sleep = sleep
  }

  /// Puts the tasks in and has them done.
  ///
  /// - Returns: seconds from the first claim until all workers have nothing left to do.
  public func run(_ address: PostgreSQLAddress, context: WorkContext) throws -> Double {
    let store = try SharedStore(address, context: context)
    let name = "trial \(UUID().uuidString)"
    let job = try store.enqueue(
      StoreJob(kind: .trial, name: name, specification: "\(sleep)", version: store.version),
      tasks: (0..<tasks).map { StoreTask("\($0)") })
    let stores = try (0..<workers).map { _ in try SharedStore(address, context: context) }
    let failure = Mutex<(any Error)?>(nil)
    let ended = DispatchSemaphore(value: 0)
    let start = Date()
    // Threads of their own, as a pool has no more than there are processors.
    for (index, store) in stores.enumerated() {
      Thread.detachNewThread {
        do {
          let sleeping = try SleepingJob(
            job, job.number ?? 0, in: store, claiming: .init(worker: "\(name) \(index)"))
          _ = try sleeping.work(isCancelled: context.isCancelled)
        } catch { failure.withLock { $0 = error } }
        ended.signal()
      }
    }
    for _ in stores { ended.wait() }
    let seconds = Date().timeIntervalSince(start)
    if let error = failure.withLock({ $0 }) { throw error }
    return seconds
  }
}
