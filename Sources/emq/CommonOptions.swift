import ArgumentParser
import Foundation
import Foundations
import Reports

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}

/// Options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(help: "How to print results: table or json.")
  var format: OutputFormat = .table

  @OptionGroup var work: WorkOptions

  var seed: UInt64 { work.seed }
  var threads: Int { work.threads }

  var context: WorkContext { work.context }

  /// Prints a report in the form asked for.
  func print(_ report: some Report) throws {
    switch format {
    case .table: Console.output(report.text)
    case .json: Console.output(try JSONText.encode(report))
    }
  }
}

/// Options of how a command works, beside how it prints.
struct WorkOptions: ParsableArguments {
  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Threads to compute with; results do not depend on it.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: [.short, .long], help: "Say on standard error what is being done.")
  var verbose = false

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); 1 or more is needed") }
  }

  /// Progress on standard error, notices after the program's name, and Ctrl-C.
  var context: WorkContext {
    let isVerbose = verbose
    return WorkContext(
      threads: threads, isCancelled: { Interruption.isRequested }, begin: Console.stage,
      notify: { Console.error("emq: \($0)") }, explain: { if isVerbose { Console.error("emq: \($0)") } })
  }
}
