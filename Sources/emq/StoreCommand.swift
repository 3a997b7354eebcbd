import ArgumentParser
import PostgreSQL
import PostgreSQLBenchmarks
import Reports
import SharedStore

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Make the tables of a store, or bring them up to date, and list what it holds.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq store postgres://owner@db01/emq
        emq store postgres://reader@db01/emq --format json

      The role that owns the tables makes them; others need no more rights than the page "Many machines" gives them.

      JSON:
        store, table_version
        benchmarks: name, version, configurations, measured, claims (how often workers took them for good)
        searches: name, version, tasks, finished, claims
      """
    ).rendered())

  @Argument(help: ArgumentHelp("The store: postgres://user@host/database.", valueName: "url"))
  var store: String

  @Flag(
    help: "Have tasks taken again that were given up, as each of many workers ended before they were done.")
  var retry = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let shared = try SharedStore(PostgreSQLAddress(store), context: common.context)
    if retry {
      let count = try shared.retryLostTasks()
      common.context.notice("\(count) task\(count == 1 ? "" : "s") will be taken again")
    }
    try common.print(StoreReport(shared))
  }
}
