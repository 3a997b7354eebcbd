import Foundation
import Foundations
import Network
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

  /// Asks about the preprocessing where a network's top-1 on labelled images is that of guessing.
  static func askAboutPreprocessing(_ evaluation: Evaluation, of network: Network, images: String) {
    guard evaluation.isNearChance(classCount: network.classCount) else { return }
    let percent = String(format: "%.2f", 100 * evaluation.top1)
    error(
      "emq: the float network's top-1 of \(percent) % on \(images) is that of guessing among \(network.classCount)"
        + " classes; are --preset, --mean, --std, --scale, --channel-order, --resize and --crop what it was trained with?"
    )
  }
}
