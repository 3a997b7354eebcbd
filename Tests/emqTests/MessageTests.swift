import Foundation
import TestSupport
import Testing

@Suite("What is said on standard error")
struct MessageTests {
  @Test("--quiet leaves results as they are and excludes --verbose")
  func quiet() throws {
    let model = "\(TestFiles.repository)/Models/fashion-resnet.onnx"
    expectLine(
      "--verbose and --quiet exclude each other", try Command.run(["inspect", model, "--verbose", "--quiet"]))
    let result = try Command.run(["inspect", model, "--quiet"])
    #expect(result.status == 0 && result.errors.isEmpty && result.progress.isEmpty)
    #expect(result.output == (try Command.run(["inspect", model])).output)
  }

  @Test("errors are said under --quiet, too, without escape codes in a log")
  func errors() throws {
    let result = try Command.run(["inspect", "none.onnx", "--quiet"])
    expectLine("emq: none.onnx: no such file", result)
    #expect(!result.errors.contains("\u{1B}"))
  }
}
