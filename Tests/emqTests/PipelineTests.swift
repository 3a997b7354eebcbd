import Foundation
import TestSupport
import Testing

/// The whole path on one of the trained networks, with ONNX Runtime as the judge.
@Suite(
  "Pipeline",
  .enabled(
    if: FileManager.default.fileExists(atPath: "\(TestFiles.fashion)/t10k-images-idx3-ubyte.gz"),
    "Fashion-MNIST is not installed"))
struct PipelineTests {
  private let test = "\(TestFiles.fashion)#test"
  private let train = "\(TestFiles.fashion)#train"

  private func model(_ name: String) -> String { "\(TestFiles.repository)/Models/\(name).onnx" }

  @Test(
    "trained networks keep their accuracy and equal ONNX Runtime",
    arguments: [("fashion-resnet", 0.925), ("fashion-mobilenet", 0.915)])
  func trained(name: String, least: Double) throws {
    let result = try Command.run(
      "evaluate", model(name), "--data", test, "--preset", "fashion-mnist", "--onnx-runtime", "--format",
      "json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["images"] as? Int == 10_000)
    #expect(try #require(json["top1"] as? Double) >= least)
    #expect(try #require(json["largest_difference"] as? Double) < 1e-3)
  }

  @Test(
    "reference networks have their known accuracy and equal ONNX Runtime", .enabled(if: TestFiles.hasShared),
    arguments: [("resnet20-cifar10", 0.915), ("resnet32-cifar10", 0.928)])
  func reference(name: String, top1: Double) throws {
    let result = try Command.run(
      "evaluate", TestFiles.shared("models/\(name).onnx"), "--data",
      TestFiles.shared("data/cifar10/test.npz"), "--preset",
      "cifar10", "--onnx-runtime", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(abs(try #require(json["top1"] as? Double) - top1) < 0.0011)
    #expect(try #require(json["largest_difference"] as? Double) < 1e-3)
  }

  @Test("from benchmark to a quantized file that ONNX Runtime runs")
  func wholePath() throws {
    try TestFiles.withFolder { folder in
      func run(_ result: Command.Result) throws -> [String: Any] {
        #expect(result.status == 0, "\(result.errors)")
        return try result.json()
      }
      let network = model("fashion-resnet")
      let (bench, output) = ("\(folder)/b.sqlite", "\(folder)/q.onnx")
      func build(_ count: String) throws -> Command.Result {
        try Command.run(
          "benchmark", "build", network, "--data", test, "--images", "100", "--calibration", train,
          "--calibration-images", "32", "--preset", "fashion-mnist", "--configurations", count, "-o", bench,
          "--format",
          "json")
      }
      _ = try run(build("10"))
      _ = try run(build("16"))
      let shown = try run(Command.run("benchmark", "show", bench, "--format", "json"))
      #expect(shown["configurations"] as? Int == 16)
      let ranked = try run(Command.run("rank", bench, "--format", "json"))["benchmarks"] as? [[String: Any]]
      let rows = try #require(ranked?.first?["rows"] as? [[String: Any]])
      #expect(
        rows.count == 40,
        "37 proxies, two baselines and the ceiling; 16 configurations are too few for oracles")
      #expect(
        rows.filter { $0["kind"] as? String == "perturbation" }.allSatisfy { $0["rho_100"] is [String: Any] })
      let search = try run(
        Command.run("search", bench, "--generations", "60", "-o", "\(folder)/run", "--format", "json"))
      #expect(search["generations"] as? Int == 60)
      let allocation = try run(
        Command.run(
          "allocate", network, "--proxy", "\(folder)/run", "--statistics", "\(bench).statistics.safetensors",
          "--budget",
          "3bits", "-o", "\(folder)/bits.json", "--format", "json"))
      #expect(try #require(allocation["size_mib"] as? Double) < 0.0645)
      let quantized = try run(
        Command.run(
          "quantize", network, "--bits", "\(folder)/bits.json", "--calibration", train,
          "--calibration-images", "64",
          "--preset", "fashion-mnist", "-o", output, "--format", "json"))
      #expect(try #require(quantized["file_mib"] as? Double) < 0.15)
      let judged = try run(
        Command.run(
          "evaluate", output, "--data", test, "--images", "1000", "--preset", "fashion-mnist",
          "--onnx-runtime", "--format",
          "json"))
      let difference =
        try #require(judged["top1"] as? Double) - (try #require(judged["onnx_runtime_top1"] as? Double))
      #expect(abs(difference) <= 0.005)
      #expect(try #require(judged["equal_predictions"] as? Double) > 0.99)

      let small = try Command.run(
        "allocate", network, "--proxy", "size", "--statistics", "\(bench).statistics.safetensors", "--budget",
        "1%", "-o",
        "\(folder)/none.json")
      #expect(small.status == 64)
      #expect(small.errors.contains("is below the least possible"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/none.json"))
    }
  }

  @Test("a benchmark that was killed, or built by two processes, is the same as an undisturbed one")
  func disturbed() throws {
    try TestFiles.withFolder { folder in
      func arguments(_ name: String) -> [String] {
        [
          "benchmark", "build", model("fashion-resnet"), "--data", "\(test)#0:200", "--calibration",
          "\(train)#0:64", "--configurations", "40", "--rounding", "gptq", "-o", "\(folder)/\(name).sqlite",
        ]
      }
      func export(_ name: String) throws -> Data {
        let path = "\(folder)/\(name).csv"
        let result = try Command.run("benchmark", "export", "\(folder)/\(name).sqlite", "-o", path)
        #expect(result.status == 0, "\(result.errors)")
        return try Data(contentsOf: URL(fileURLWithPath: path))
      }
      func silent(_ name: String) throws -> Process {
        let process = Command.process(arguments(name))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
      }
      #expect(try Command.run(arguments("undisturbed")).status == 0)
      let expected = try export("undisturbed")
      for seconds in [0.4, 1.5, 2.5, 3.5] {
        let process = try silent("killed")
        Thread.sleep(forTimeInterval: seconds)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      #expect(try Command.run(arguments("killed")).status == 0)
      #expect(try export("killed") == expected)

      let pair = try [silent("shared"), silent("shared")]
      for process in pair {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
      #expect(try export("shared") == expected)
    }
  }

  @Test("an exported benchmark comes back whole, and shows its noise ceilings")
  func benchmarkFiles() throws {
    try TestFiles.withFolder { folder in
      func run(_ arguments: String...) throws -> [String: Any] {
        let result = try Command.run(["benchmark"] + arguments + ["--format", "json"])
        #expect(result.status == 0, "\(result.errors)")
        return try result.json()
      }
      let bench = "\(folder)/b.sqlite"
      _ = try run(
        "build", model("fashion-resnet"), "--data", "\(test)#0:100", "--calibration", "\(train)#0:32",
        "--configurations", "12", "--design", "stratified", "--activation-bits", "6,8", "--views", "3", "-o",
        bench)
      for format in ["csv", "json"] {
        _ = try run("export", bench, "--seconds", "-o", "\(folder)/b.\(format)")
        _ = try run("import", "\(folder)/b.\(format)", "-o", "\(folder)/\(format).sqlite")
        let same = try run("compare", bench, "\(folder)/\(format).sqlite")
        #expect(same["configurations"] as? Int == 15)
        for measure in try #require(same["measures"] as? [[String: Any]]) {
          #expect(measure["rho"] as? Double == 1 && measure["greatest_difference"] as? Double == 0)
        }
      }
      let shown = try run("show", "\(folder)/b.csv", "--truth", "kl")
      #expect(shown["configurations"] as? Int == 12)
      #expect((shown["uniform"] as? [Any])?.count == 3)
      let ceilings = try #require(shown["noise_ceilings"] as? [String: [String: Any]])
      #expect(Set(ceilings.keys) == ["top1", "loss", "kl", "agreement"])
      #expect(try #require(ceilings["kl"]?["rho_100"] as? Double) > 0.5)
    }
  }

  @Test("second-order rounding at 2 bits keeps what rounding to the nearest level loses")
  func rounding() throws {
    try TestFiles.withFolder { folder in
      func top1(_ rounding: String, _ more: String...) throws -> Double {
        let result = try Command.run(
          [
            "quantize", model("fashion-resnet"), "--bits", "2", "--calibration", train,
            "--calibration-images",
            "256", "--data", "\(test)#0:1000", "--rounding", rounding, "-o", "\(folder)/\(rounding).onnx",
            "--format", "json",
          ] + more)
        #expect(result.status == 0, "\(result.errors)")
        return try #require(result.json()["top1"] as? Double)
      }
      let nearest = try top1("nearest")
      #expect(try top1("gptq") > nearest + 0.02)
      #expect(try top1("gptq", "--sequential", "--correction", "bias") > nearest + 0.02)
      let judged = try Command.run(
        "evaluate", "\(folder)/gptq.onnx", "--data", "\(test)#0:1000", "--preset", "fashion-mnist",
        "--onnx-runtime", "--format", "json"
      ).json()
      #expect(try #require(judged["equal_predictions"] as? Double) > 0.99)
    }
  }
}
