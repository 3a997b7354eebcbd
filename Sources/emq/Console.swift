import Foundation
import Foundations
import Network
import ONNX
import Quantization
import Reports

/// What the program prints: results to standard output, all else to standard error.
enum Console {
  static func output(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Says that a quantized file is larger than the one that it was made of, if it is.
  ///
  /// - Parameters:
  ///   - source: the float model, whose constants may lie in a file beside its own.
  ///   - sourceBytes: the size of its file.
  static func warn(ifLarger path: String, bytes: Int, than source: Model, bytes sourceBytes: Int) throws {
    let original = max(sourceBytes, try StoredSize(source).total)
    guard bytes > original else { return }
    error(
      "emq: WARNING: \(path) has \(bytes) bytes, which is more than the \(original) of the model it was made of;"
        + " nothing was gained")
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
