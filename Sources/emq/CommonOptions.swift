import ArgumentParser
import Foundation
import Foundations
import Reports

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json

  /// Prints a report in this form.
  func print(_ report: some Report) throws {
    switch self {
    case .table: Console.output(report.text(width: Console.lineWidth))
    case .json: Console.output(try JSONText.encode(report))
    }
  }
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
  func print(_ report: some Report) throws { try format.print(report) }
}

/// Options of how a command works, beside how it prints.
struct WorkOptions: ParsableArguments {
  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Threads to compute with; results do not depend on it.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); 1 or more is needed") }
  }

  var context: WorkContext { FollowedWork.following(messages.context(threads: threads)) }
}
