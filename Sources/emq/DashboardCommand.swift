import ArgumentParser
import Dashboard
import Foundation
import Foundations
import Reports

struct DashboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Show runs in a browser while they go on.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq dashboard runs
        emq dashboard a b --port 0 --no-browser

      Shows searches, benchmarks, and commands at work (compress, finetune, quantize, statistics, train) that write to these
      folders or below: progress, fitness, what was turned away, the best formulas, measured values. Runs that have ended stay.

      Answers on this machine's own address only (127.0.0.1) and reads nothing but the runs' files; nothing can be changed by
      it. Ctrl-C ends it, and never a run.
      """
    ).rendered())

  @Argument(help: "Folders that hold runs, or that runs will be written to.")
  var folders: [String]

  @Option(help: "The port to listen to; 0 for any that is free.")
  var port: UInt16 = 8420

  @Flag(inversion: .prefixedNo, help: "Open the page in a browser, where standard output is a terminal.")
  var browser = true

  func run() throws {
    let monitor = RunMonitor(try folders.map { try WatchedFolder($0) })
    // What is watched goes first.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    try DashboardServer(monitor, port: port).serve(until: { Interruption.isRequested }) { address, runCount in
      Console.output("\(address)  Ctrl-C ends it.")
      if runCount == 0 {
        Console.error(
          "emq: \(folders.joined(separator: ", ")): no runs yet; they are shown as they appear")
      }
      if browser, isatty(STDOUT_FILENO) == 1 { Self.open(address) }
    }
  }

  /// Opens an address in the user's browser; where that cannot be done, the printed address is all.
  private static func open(_ address: String) {
    let browser = Process()
    browser.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    browser.arguments = ["xdg-open", address]
    browser.standardOutput = FileHandle.nullDevice
    browser.standardError = FileHandle.nullDevice
    try? browser.run()
  }
}
