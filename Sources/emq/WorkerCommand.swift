import ArgumentParser
import Foundation
import Foundations
import PostgreSQL
import PostgreSQLBenchmarks
import Reports
import SharedStore
import Workers

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Do the work of a store, beside as many other workers as there are.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq worker --store postgres://worker@db01/emq
        emq worker --store "postgres:///?service=emq" --threads 1 --until-idle

      Takes one task at a time: a configuration of a benchmark that emq benchmark build --store put in, or an island of a search
      that emq search --store did, of which each thread takes one. It fetches what it needs of models, images and statistics once. What a worker that died was working on is done by another one when its lease has ended.
      Ctrl-C ends it after the task in work. Passwords belong in ~/.pgpass or the file that PGPASSFILE names.

      JSON:
        store, tasks, seconds
      """
    ).rendered())

  @Option(help: ArgumentHelp("The store: postgres://user@host/database.", valueName: "url"))
  var store: String

  @Option(
    help: ArgumentHelp(
      "The folder that files are kept in; ~/.cache/emq where not given.", valueName: "folder"))
  var cache: String?

  @Flag(help: "End where all work is finished, in place of waiting for more.")
  var untilIdle = false

  @Option(help: "Seconds after which others take over the task of a worker that is not heard of.")
  var lease = 60.0

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard lease >= 1, lease.isFinite else {
      throw ValidationError("--lease is \(lease); 1 second or more is needed")
    }
  }

  func run() throws {
    let start = Date()
    let context = common.context
    let shared = try SharedStore(PostgreSQLAddress(store), context: context)
    var worker = Worker(
      shared, claiming: .init(leaseSeconds: lease), cache: cache ?? SharedStore.usualCache, context: context)
    let tally = try worker.run(untilIdle: untilIdle)
    try common.print(
      WorkReport(store: shared.name, tasks: tally.tasks, seconds: Date().timeIntervalSince(start)))
  }
}
