import Foundation
import TestSupport
import Testing

@Suite("Help")
struct HelpTests {
  private static let commands = [
    "", "inspect", "evaluate", "train", "statistics", "benchmark", "benchmark-build", "benchmark-show",
    "benchmark-export", "benchmark-import", "benchmark-compare", "primitives", "proxies", "rank", "score",
    "space",
    "search", "ablate", "allocate", "quantize", "compress", "compare", "finetune",
    "latency", "report", "demo",
  ]

  /// Compares with `Snapshots`; `EMQ_UPDATE_SNAPSHOTS=1` writes them anew.
  @Test("is as it was when it was last looked over", arguments: commands)
  func snapshot(command: String) throws {
    let words = command.split(separator: "-").map(String.init)
    let result =
      switch words.count {
      case 0: try Command.run("--help")
      case 1: try Command.run(words[0], "--help")
      default: try Command.run(words[0], words[1], "--help")
      }
    #expect(result.status == 0)
    let file = "\(TestFiles.repository)/Tests/emqTests/Snapshots/\(command.isEmpty ? "emq" : command).txt"
    // The default of --threads is the machine's.
    let text = result.output.replacingOccurrences(
      of: "default: \(ProcessInfo.processInfo.activeProcessorCount))", with: "default: all)")
    if ProcessInfo.processInfo.environment["EMQ_UPDATE_SNAPSHOTS"] == "1" {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    if !command.isEmpty, command != "benchmark" { #expect(text.contains("Example: emq ")) }
  }
}
