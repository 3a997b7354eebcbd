import Foundation
import Foundations
import Reports

/// What the program prints: results to standard output, all else to standard error.
enum Console {
  static func output(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// A bar on standard error; it stays silent where that is not a terminal.
  static func progressBar(_ title: String) -> ProgressBar {
    ProgressBar(title: title, isEnabled: isatty(FileHandle.standardError.fileDescriptor) == 1) { text in
      FileHandle.standardError.write(Data(text.utf8))
    }
  }

  /// A stage of work under a progress bar.
  static func stage(_ title: String) -> WorkContext.Stage {
    let bar = progressBar(title)
    return WorkContext.Stage(progress: bar.handler, finish: { bar.finish() })
  }

  /// Progress on standard error, notices after the program's name, and Ctrl-C.
  static func context(threads: Int, isVerbose: Bool) -> WorkContext {
    WorkContext(
      threads: threads, isCancelled: { Interruption.isRequested }, begin: stage,
      notify: { error("emq: \($0)") }, explain: { if isVerbose { error("emq: \($0)") } })
  }
}
