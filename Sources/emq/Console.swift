import Foundation
import Foundations
import Reports

/// What the program prints: results to standard output, all else to standard error.
enum Console {
  /// Where progress is told in lines; one for all, as they share the output and its minute.
  private static let log = ProgressLog { error("emq: \($0)") }

  private static var errors: Terminal { Terminal(of: .standardError) }

  static func output(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// What made the program stop, after its name.
  static func failure(_ description: String) { error("\(errors.styled("emq:", .error)) \(description)") }

  /// Something to read, after the program's name; a bar that stands in the line is removed.
  static func notice(_ text: String) {
    let terminal = errors
    let eraser = terminal.movesCursor ? ProgressBar.eraser : ""
    error("\(eraser)\(terminal.styled("emq:", .notice)) \(text)")
  }

  /// Characters in a line of standard output; nil where that is no terminal.
  static var lineWidth: Int? { Terminal(of: .standardOutput).width }

  /// Characters in a line of standard error; nil where that is no terminal.
  static var errorWidth: Int? { errors.width }

  /// A stage of work, shown by a bar on a terminal and else by plain lines.
  static func stage(_ title: String) -> WorkContext.Stage {
    guard errors.movesCursor else { return log.stage(title) }
    let bar = ProgressBar(title: title, terminal: { errors }) { text in
      FileHandle.standardError.write(Data(text.utf8))
    }
    return WorkContext.Stage(progress: bar.handler, finish: { bar.finish() })
  }

  /// Progress and notices on standard error, and Ctrl-C.
  static func context(threads: Int, isVerbose: Bool) -> WorkContext {
    WorkContext(
      threads: threads, isCancelled: { Interruption.isRequested }, begin: stage, notify: notice,
      explain: { if isVerbose { notice($0) } })
  }

  /// Ctrl-C alone.
  static func quietContext(threads: Int) -> WorkContext {
    WorkContext(threads: threads, isCancelled: { Interruption.isRequested })
  }
}
