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
    "latency", "report", "dashboard", "worker", "store", "demo",
  ]

  private func help(_ command: String, columns: Int) throws -> Command.Result {
    try Command.run(
      command.split(separator: "-").map(String.init) + ["--help"], environment: ["COLUMNS": "\(columns)"])
  }

  /// Compares with `Snapshots`; `EMQ_UPDATE_SNAPSHOTS=1` writes them anew.
  @Test("is as it was when it was last looked over", arguments: commands)
  func snapshot(command: String) throws {
    let result = try help(command, columns: 80)
    #expect(result.status == 0)
    let file = "\(TestFiles.repository)/Tests/emqTests/Snapshots/\(command.isEmpty ? "emq" : command).txt"
    // The default of --threads is the machine's.
    let text = result.output.replacingOccurrences(
      of: "default: \(ProcessInfo.processInfo.activeProcessorCount))", with: "default: all)")
    if ProcessInfo.processInfo.environment["EMQ_UPDATE_SNAPSHOTS"] == "1" {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    // Examples come first, below what the command does.
    let parts = text.split(separator: "\n\n")
    #expect(parts.first?.hasPrefix("OVERVIEW: ") == true)
    #expect(parts.dropFirst().first?.hasPrefix("EXAMPLES:\n  emq ") == true)
  }

  @Test("keeps within the terminal", arguments: [60, 80, 120])
  func width(columns: Int) throws {
    for command in Self.commands {
      let result = try help(command, columns: columns)
      for line in result.output.split(separator: "\n") where line.count > columns {
        // Only what has no place to break it at is longer.
        #expect(!line.drop { $0 == " " }.contains(" "), "\(command) at \(columns): \(line)")
      }
    }
  }

  @Test("is pointed to where no command is given")
  func nothing() throws {
    let result = try Command.run([])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("emq --help") && result.output.contains("emq demo"))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
