import ArgumentParser
import Foundation
import PostgreSQL
import Reports
import SharedStore
import Workers

/// For Scripts/check-postgresql: how well many workers share tasks that take no work.
struct WorkerTrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker-trial", abstract: "Time workers that sleep in place of working.",
    shouldDisplay: false)

  @Option var store: String
  @Option var workers = 64
  @Option var tasks = 1280
  @Option var sleep = 0.5
  @OptionGroup var common: CommonOptions

  func run() throws {
    let trial = WorkerTrial(workers: workers, tasks: tasks, sleep: sleep)
    let seconds = try trial.run(PostgreSQLAddress(store), context: common.context)
    try common.print(WorkReport(store: store, tasks: tasks, seconds: seconds))
  }
}
