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
    let process = try Command.run(arguments)
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
      try expectLine(
        "there is no preset 'cifar'", "evaluate", model, "--data", "\(TestFiles.fashion)#test", "--preset",
        "cifar")
    }
  }

  @Test("images of another shape", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)))
  func shape() throws {
    try expectLine(
      "images of shape [1, 28, 28] [channels, height, width] but small-network.onnx takes [2, 6, 6]",
      "evaluate", model, "--data",
      "\(TestFiles.fashion)#test", "--preset", "fashion-mnist")
  }

  @Test("formulas, budgets and files that are something else")
  func files() throws {
    try TestFiles.withFolder { folder in
      let other = "\(folder)/other"
      try Data("neither tensors nor a database, but long enough to look".utf8).write(
        to: URL(fileURLWithPath: other))
      try expectLine("is not a benchmark", "rank", other)
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

  @Test(
    "bits, layers and images that quantization cannot work with",
    .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)))
  func quantization() throws {
    try TestFiles.withFolder { folder in
      let network = "\(TestFiles.repository)/Models/fashion-resnet.onnx"
      let (train, output) = ("\(TestFiles.fashion)#train", "\(folder)/q.onnx")
      try expectLine(
        "--bits is 17; 2 to 8 are possible", "quantize", network, "--bits", "17", "--calibration", train,
        "-o",
        output)
      try expectLine(
        "--outer-bits is 1; 2 to 8", "quantize", network, "--bits", "3", "--outer-bits", "1", "--calibration",
        train, "-o", output)
      try expectLine(
        "has only 60000 images", "quantize", network, "--bits", "3", "--calibration", train,
        "--calibration-images", "70000", "-o", output)
      try expectLine(
        "4 calibration images are too few for the rounding gptq; 16", "quantize", network, "--bits", "3",
        "--calibration", "\(train)#0:4", "--rounding", "gptq", "-o", output)
      try expectLine(
        "a range such as #0:60000", "quantize", network, "--bits", "3", "--calibration", "\(train)#5:2",
        "-o", output)
      try expectLine(
        "images of shape [1, 28, 28] [channels, height, width] but small-network.onnx takes [2, 6, 6]",
        "quantize", model, "--bits",
        "3",
        "--calibration", train, "--preset", "fashion-mnist", "-o", output)
      let bits = "\(folder)/bits.json"
      let text = """
        {"proxy": "p", "budget": "b", "size_mib": 1, "bitops_g": 1,
         "layers": [{"name": "nowhere", "weight_bits": 3, "activation_bits": 8}]}
        """
      try text.write(toFile: bits, atomically: true, encoding: .utf8)
      try expectLine(
        "names the layer nowhere, which the network does not have", "quantize", network, "--bits", bits,
        "--calibration", train, "-o", output)
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  @Test(
    "benchmarks of something else", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)))
  func benchmarks() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      func build(_ network: String, _ bits: String) throws -> Command.Result {
        try Command.run(
          "benchmark", "build", "\(TestFiles.repository)/Models/\(network).onnx", "--data",
          "\(TestFiles.fashion)#test#0:40", "--calibration", "\(TestFiles.fashion)#train#0:20",
          "--configurations", "2", "--bits", bits, "-o", path)
      }
      #expect(try build("fashion-resnet", "2,3").status == 0)
      let other = try build("fashion-mobilenet", "2,3")
      #expect(other.status == 64)
      #expect(other.errors.contains("holds a benchmark of another network (fashion-resnet.onnx)"))
      let bits = try build("fashion-resnet", "2,17")
      #expect(bits.status == 64)
      #expect(bits.errors.contains("--bits: 17 bits are not possible"))
      #expect(other.errors.split(separator: "\n").count == 1)
      try expectLine(
        "a name ending in .csv or .json", "benchmark", "export", path, "-o", "\(folder)/b.txt", "--seconds")
    }
  }
}
