import Foundation
import Foundations
import TestSupport
import Testing

@Suite("Dashboard command")
struct DashboardCommandTests {
  @Test("a folder that is missing or a file, and a port that is none, are said in a line")
  func wrongArguments() throws {
    try TestFiles.withFolder { folder in
      FileManager.default.createFile(atPath: "\(folder)/file", contents: nil)
      expectLine("no such folder", try Command.run("dashboard", "\(folder)/missing"))
      expectLine("is a file", try Command.run("dashboard", "\(folder)/file"))
      expectLine("--port", try Command.run("dashboard", folder, "--port", "70000"))
    }
  }

  @Test("prints its address, says where there are no runs, and ends well with Ctrl-C")
  func address() throws {
    try TestFiles.withFolder { folder in
      let process = Command.process(["dashboard", folder, "--port", "0", "--no-browser"])
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      #expect(line.contains(#/^http://127\.0\.0\.1:[0-9]+/ /#))
      let port = line.firstMatch(of: #/:([0-9]+)/ /#).map { String($0.1) } ?? "0"
      expectLine(
        "port \(port) is taken", try Command.run("dashboard", folder, "--port", port, "--no-browser"))
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(text == "emq: \(folder): no runs yet; they are shown as they appear\n")
    }
  }
}

@Suite(
  "Activity of a command", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)))
struct CommandActivityTests {
  @Test("stays of a command that was killed, and goes when the same command ends")
  func killed() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/network.onnx"
      func arguments(epochs: Int) -> [String] {
        [
          "train", "--architecture", "plain", "--data", "\(TestFiles.fashion)#test", "--preset",
          "fashion-mnist", "--epochs", "\(epochs)", "-o", output,
        ]
      }
      let file = Activity.path(besides: output)
      try Command.runKilled(arguments(epochs: 50), afterWriting: file, seconds: 0)
      let activity = try Activity(Data(contentsOf: URL(fileURLWithPath: file)), source: file)
      #expect(activity.command == "train" && activity.output == output)
      #expect(!activity.isAlive(at: Date()))
      unlink("\(output).checkpoint")
      #expect(try Command.run(arguments(epochs: 1)).status == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["network.onnx"])
    }
  }
}
