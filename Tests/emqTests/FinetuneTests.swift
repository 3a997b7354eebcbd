import Foundation
import TestSupport
import Testing

@Suite(
  "Fine-tuning command",
  .enabled(
    if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct FinetuneTests {
  private let test = "\(TestFiles.fashion)#test#0:500"

  private func arguments(_ output: String, activationBits: Int = 4) -> [String] {
    [
      "finetune", "\(TestFiles.repository)/Models/fashion-resnet.onnx", "--bits", "2", "--activation-bits",
      "\(activationBits)",
      "--data", "\(TestFiles.fashion)#train#0:256", "--epochs", "4", "-o", output,
    ]
  }

  @Test("gains over the quantized network, and ONNX Runtime agrees with the file")
  func gains() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/f.onnx"
      let result = try Command.run(
        arguments(output) + ["--test", test, "--format", "json"])
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      let (start, top1) = (try #require(json["start_top1"] as? Double), try #require(json["top1"] as? Double))
      #expect(top1 > start + 0.05)
      #expect(try #require(json["float_top1"] as? Double) > 0.9)
      #expect(!FileManager.default.fileExists(atPath: output + ".checkpoint"))
      let judged = try Command.run(
        "evaluate", output, "--data", test, "--onnx-runtime", "--format", "json"
      ).json()
      #expect(try #require(judged["top1"] as? Double) == top1)
      #expect(try #require(judged["equal_predictions"] as? Double) >= 0.99)
    }
  }

  @Test("killed and resumed, on another number of threads, gives the same bytes")
  func killed() throws {
    try TestFiles.withFolder { folder in
      func arguments(_ name: String, threads: Int) -> [String] {
        self.arguments("\(folder)/\(name)") + ["--batch-norms", "trained", "--threads", "\(threads)"]
      }
      let undisturbed = try Command.run(arguments("undisturbed", threads: 2))
      #expect(undisturbed.status == 0, "\(undisturbed.errors)")
      let checkpoint = "\(folder)/killed.checkpoint"
      // The first run writes where it begins, the second one after an epoch.
      for _ in 0..<2 {
        try Command.runKilled(arguments("killed", threads: 1), afterWriting: checkpoint, seconds: 0.1)
      }
      #expect(FileManager.default.fileExists(atPath: checkpoint))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/killed"))
      let other = try Command.run(arguments("killed", threads: 2) + ["--learning-rate", "0.1"])
      expectLine("checkpoint is one of another model, other data, bits or options", other)
      let resumed = try Command.run(arguments("killed", threads: 2))
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("resumed after step "))
      func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      #expect(try bytes("killed") == bytes("undisturbed"))
    }
  }

  @Test("bad input is said in one line")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/f.onnx"
      func expect(_ words: String, _ more: String..., location: SourceLocation = #_sourceLocation) throws {
        expectLine(words, try Command.run(arguments(output) + more), location: location)
        #expect(!FileManager.default.fileExists(atPath: output), sourceLocation: location)
      }
      try expect("--epochs and --learning-rate must be positive", "--learning-rate", "0")
      try expect("must be 0 or more", "--distillation=-1")
      try expect("images are fewer than the 512 of a step", "--batch-size", "512")
      try expect(
        "each channel of a weight has a scale", "--batch-norms", "trained", "--weight-granularity", "tensor")
      try expect("--outer-bits is 9", "--outer-bits", "9")
      try expect("no such file or folder", "--test", "\(folder)/none.npz")
      let lost = try Command.run(arguments("\(folder)/none/f.onnx"))
      expectLine("\(folder)/none", lost)
      try Data("not a checkpoint".utf8).write(to: URL(fileURLWithPath: output + ".checkpoint"))
      try expect("is not a safetensors file")
    }
  }
}
