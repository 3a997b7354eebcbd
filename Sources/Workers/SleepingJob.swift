import Foundation
import Foundations
import PostgreSQLBenchmarks
import SharedStore

/// A job whose tasks are to sleep for some seconds, which shows how well work is shared without the work.
struct SleepingJob {
  private let job: Int
  private let seconds: Double
  private let store: SharedStore
  private let claiming: PostgreSQLBenchmarkStore.Claiming

  /// Reads a job, whose specification is a number of seconds.
  ///
  /// - Throws: `SharedStoreError` where it is none.
  init(_ job: StoreJob, _ number: Int, in store: SharedStore, claiming: PostgreSQLBenchmarkStore.Claiming)
    throws
  {
    guard let seconds = Double(job.specification), (0...3600).contains(seconds) else {
      throw SharedStoreError("\(store.name)#\(job.name): its job is to sleep '\(job.specification)' seconds")
    }
    self.job = number
    self.seconds = seconds
    self.store = store
    self.claiming = claiming
  }

  /// Sleeps until no task is free; how often it did.
  func work(isCancelled: CancellationCheck) throws -> Int {
    var count = 0
    var position = Int.random(in: 0..<1000)
    let keeper = LeaseKeeper(store, seconds: claiming.leaseSeconds)
    while !isCancelled() {
      guard
        case .claimed(let claim) = try store.claim(
          job: job, .after(position), worker: claiming.worker, seconds: claiming.leaseSeconds)
      else { break }
      keeper.keep(claim.lease)
      Thread.sleep(forTimeInterval: seconds)
      try store.finish(job: job, task: claim.task.name)
      keeper.leave(claim.lease)
      position = claim.position
      count += 1
    }
    return count
  }
}
