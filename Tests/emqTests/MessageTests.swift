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

  @Test(
    "--profile says where the time went, on standard error alone",
    .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
  func profile() throws {
    let arguments = [
      "evaluate", "\(TestFiles.repository)/Models/fashion-resnet.onnx", "--data",
      "\(TestFiles.fashion)#test#0:64", "--preset", "fashion-mnist", "--quiet",
    ]
    let plain = try Command.run(arguments)
    let profiled = try Command.run(arguments + ["--profile"])
    #expect(plain.status == 0 && plain.errors.isEmpty)
    #expect(profiled.status == 0)
    // All but the seconds that it says.
    #expect(profiled.output.split(separator: "\n").count == plain.output.split(separator: "\n").count)
    let rows = profiled.errors.split(separator: "\n")
    #expect(rows.first?.hasPrefix("stage ") == true && rows.last?.hasPrefix("all ") == true)
    #expect(rows.count >= 5, "\(profiled.errors)")
  }
}
