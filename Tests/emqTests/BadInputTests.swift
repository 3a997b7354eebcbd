import Foundation
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
  private let model = TestFiles.golden("small-network.onnx")

  /// Runs the program and checks that it says one line with `words` and exits with a code of sysexits.
  private func expectLine(
    _ words: String, _ arguments: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let process: Command.Result
    switch arguments.count {
    case 2: process = try Command.run(arguments[0], arguments[1])
    case 6:
      process = try Command.run(
        arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])
    default:
      process = try Command.run(
        arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], arguments[6],
        arguments[7],
        arguments[8], arguments[9])
    }
    #expect((64...78).contains(process.status), sourceLocation: location)
    #expect(process.errors.contains(words), sourceLocation: location)
    #expect(process.errors.split(separator: "\n").count == 1, sourceLocation: location)
    #expect(process.output.isEmpty, sourceLocation: location)
  }

  @Test("models")
  func models() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/cut.onnx"
      let data = try Data(contentsOf: URL(fileURLWithPath: model))
      try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path))
      try expectLine("cut.onnx: ", "inspect", path)
      try expectLine("no such file", "inspect", "\(folder)/none.onnx")
      try expectLine("is a folder", "inspect", folder)
    }
  }

  @Test("images and presets")
  func images() throws {
    try TestFiles.withFolder { folder in
      try expectLine("holds no .jpg", "evaluate", model, "--data", folder, "--preset", "imagenet")
      try expectLine("there is no preset 'cifar'", "evaluate", model, "--data", folder, "--preset", "cifar")
    }
  }

  @Test("images of another shape", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)))
  func shape() throws {
    try expectLine(
      "images of shape [1, 28, 28] but small-network.onnx takes [2, 6, 6]", "evaluate", model, "--data",
      "\(TestFiles.fashion)#test", "--preset", "fashion-mnist")
  }

  @Test("formulas, budgets and files that are something else")
  func files() throws {
    try TestFiles.withFolder { folder in
      let other = "\(folder)/other"
      try Data("neither tensors nor a database, but long enough to look".utf8).write(
        to: URL(fileURLWithPath: other))
      try expectLine("is not an SQLite file", "rank", other)
      let output = "\(folder)/bits.json"
      try expectLine(
        "is not a safetensors file", "allocate", model, "--proxy", "size", "--statistics", other, "--budget",
        "3bits",
        "-o", output)
      try expectLine(
        "budget '3'", "allocate", model, "--proxy", "size", "--statistics", other, "--budget", "3", "-o",
        output)
      try expectLine(
        "position 5", "allocate", model, "--proxy", "abs(foo)", "--statistics", other, "--budget", "3bits",
        "-o", output)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["other"])
    }
  }
}
