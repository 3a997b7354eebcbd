import Foundation
import ONNX
import TestSupport
import Testing

/// Statistics and rankings of a real network by the program.
@Suite(
  "Statistics and rankings", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)),
  .serialized)
struct RankingTests {
  private static let network = "\(TestFiles.repository)/Models/fashion-resnet.onnx"
  private static let benchmark = "\(TestFiles.repository)/MQBench/fashion-resnet-nearest.csv"

  private func statistics(
    _ output: String, seed: Int = 1, images: Int = 8, _ more: String...
  ) throws -> Command.Result {
    try Command.run(
      [
        "statistics", Self.network, "--data", "\(TestFiles.fashion)#train", "--images", "\(images)",
        "--probes",
        "4", "--calibration-images", "16", "--seed", "\(seed)", "-o", output,
      ] + more)
  }

  @Test("a ranking has all proxies, oracles and the ceiling, in four forms, with charts")
  func ranking() throws {
    try TestFiles.withFolder { folder in
      let (first, second) = ("\(folder)/1.safetensors", "\(folder)/2.safetensors")
      #expect(try statistics(first).status == 0)
      #expect(try statistics(second, seed: 2).status == 0)
      let base = ["rank", Self.benchmark, "--statistics", first, "--statistics", second, "--resamples", "20"]
      let result = try Command.run(base + ["--format", "json"])
      #expect(result.status == 0)
      let benchmarks = try #require(try result.json()["benchmarks"] as? [[String: Any]])
      #expect(benchmarks[0]["replicates"] as? Int == 2)
      #expect(benchmarks[0]["truth"] as? String == "top1")
      let rows = try #require(benchmarks[0]["rows"] as? [[String: Any]])
      func rho(_ name: String) throws -> Double {
        let row = try #require(rows.first { $0["name"] as? String == name })
        return try #require((row["rho_100"] as? [String: Any])?["mean"] as? Double)
      }
      #expect(rows.count == 37 + 2 + 3 + 1)
      #expect(rows.last?["name"] as? String == "noise ceiling")
      // The more a form can say, the better it does; and nothing beats the ceiling here.
      #expect(try rho("bit_sum") < rho("oracle: linear (at least)"))
      #expect(try rho("oracle: linear (at least)") < rho("oracle: additive (at least)"))
      #expect(try rho("oracle: additive (at least)") < rho("oracle: pairwise (at least)"))
      #expect(try rho("oracle: pairwise (at least)") < rho("noise ceiling"))
      #expect(try rho("relative_weight_error") > rho("bit_sum"))
      // Fewer labels than the additive oracle has.
      #expect(try rho("ridge on 50 labels") < rho("oracle: additive (at least)"))
      #expect(try rho("direct divergence (50 images)") > 0)

      let named = base + ["--proxy", "hawq", "--proxy", "mul(abs(weight), abs(gradient))", "--no-oracles"]
      let table = try Command.run(named + ["--plot", "\(folder)/charts"])
      #expect(table.output.contains("mul(abs(weight), abs(gradient))"))
      let charts = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/charts")
      #expect(charts.count == 2 && charts.allSatisfy { $0.hasSuffix(".svg") })
      #expect(try Command.run(named + ["--format", "latex"]).output.contains("\\begin{tabular}"))
      let csv = try Command.run(named + ["--format", "csv"]).output.split(separator: "\n")
      #expect(csv.count == 6 && csv[0].hasPrefix("benchmark,truth,proxy,kind,rho_100,rho_100_lower"))
      #expect(
        try Command.run(base + ["--threads", "1"]).output == Command.run(base + ["--threads", "3"]).output)
    }
  }

  @Test("a file of statistics is resumed with, and is the same bytes as one made at once")
  func resume() throws {
    try TestFiles.withFolder { folder in
      let (parts, whole) = ("\(folder)/parts.safetensors", "\(folder)/whole.safetensors")
      #expect(try statistics(parts, "--statistics", "weight,fisher", "--no-perturbations").status == 0)
      #expect(try statistics(parts).status == 0)
      #expect(try statistics(parts, "--rounding", "gptq").status == 0)
      #expect(try statistics(whole).status == 0)
      #expect(try statistics(whole, "--rounding", "gptq").status == 0)
      let (left, right) = try (
        Data(contentsOf: URL(fileURLWithPath: parts)), Data(contentsOf: URL(fileURLWithPath: whole))
      )
      #expect(left == right)

      func allocate(_ more: String...) throws -> Command.Result {
        try Command.run(
          [
            "allocate", Self.network, "--proxy", "divergence", "--statistics", parts, "--budget", "3bits",
            "-o",
            "\(folder)/bits.json",
          ] + more)
      }
      #expect(try allocate("--rounding", "gptq").status == 0)
      expectLine("of 2 roundings; one of ", try allocate())
      expectLine("of the rounding brecq; they have those of", try allocate("--rounding", "brecq"))
    }
  }

  @Test(
    "responses that were stopped resume to the same bytes; wholes stand beside proxies that see the same images"
  )
  func responses() throws {
    try TestFiles.withFolder { folder in
      let (parts, whole) = ("\(folder)/parts.safetensors", "\(folder)/whole.safetensors")
      func arguments(_ output: String) -> [String] {
        [
          "statistics", Self.network, "--data", "\(TestFiles.fashion)#train", "--images", "96", "--for",
          "default",
          "--calibration-images", "16", "-o", output,
        ]
      }
      let process = Command.process(arguments(parts) + ["--threads", "1"])
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      usleep(1_500_000)
      process.interrupt()
      process.waitUntilExit()
      #expect([0, 130].contains(process.terminationStatus))
      #expect(try Command.run(arguments(parts)).status == 0)
      #expect(try Command.run(arguments(whole)).status == 0)
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: parts)) == Data(contentsOf: URL(fileURLWithPath: whole)))
      #expect(try Command.run(arguments(whole) + ["--measure", Self.benchmark]).status == 0)
      let ranked = try Command.run(
        "rank", Self.benchmark, "--statistics", whole, "--proxy", "default", "--no-oracles", "--resamples",
        "20", "--format", "json")
      let benchmarks = try #require(try ranked.json()["benchmarks"] as? [[String: Any]])
      let rows = try #require(benchmarks[0]["rows"] as? [[String: Any]])
      let rho = rows.prefix(2).compactMap { ($0["rho_100"] as? [String: Any])?["mean"] as? Double }
      #expect(rows[1]["name"] as? String == "measured divergence (96 images)")
      #expect(rho.count == 2 && rho.allSatisfy { $0 > 0.9 }, "\(rho)")
    }
  }

  @Test("Ctrl-C keeps what is complete")
  func interruption() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/s.safetensors"
      let process = Command.process([
        "statistics", Self.network, "--data", "\(TestFiles.fashion)#train", "--images", "32", "--probes",
        "5000",
        "-o", output,
      ])
      process.standardError = FileHandle.nullDevice
      try process.run()
      while !FileManager.default.fileExists(atPath: output), process.isRunning { usleep(20_000) }
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).contains("s.safetensors"))
      let finished = try Command.run(
        "statistics", Self.network, "--data", "\(TestFiles.fashion)#train", "--images", "32", "--probes",
        "5000",
        "-o", output, "--statistics", "weight,gradient", "--no-perturbations")
      #expect(finished.status == 0)
    }
  }

  @Test("bad input gets one line")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      let (eight, four) = ("\(folder)/8.safetensors", "\(folder)/4.safetensors")
      #expect(try statistics(eight).status == 0)
      #expect(try statistics(four, images: 4).status == 0)
      let rank = ["rank", Self.benchmark, "--statistics", eight]
      expectLine(
        "there is no proxy 'hawk'; did you mean hawq", try Command.run(rank + ["--proxy", "hawk"]))
      expectLine(
        "not 'weigth' (did you mean weight", try Command.run(rank + ["--proxy", "abs(weigth)"]))
      expectLine(
        "statistics of 4 images cannot stand beside those of 8",
        try Command.run(rank + ["--statistics", four]))
      expectLine(
        "the statistics are those of another network",
        try Command.run(
          "rank", "\(TestFiles.repository)/MQBench/fashion-mobilenet-nearest.csv", "--statistics", eight))
      expectLine("there are no statistics", try Command.run("rank", Self.benchmark))
      expectLine(
        "there are no perturbation statistics of this rounding",
        try Command.run(
          "rank", "\(TestFiles.repository)/MQBench/fashion-resnet-gptq.csv", "--statistics", eight, "--proxy",
          "divergence"))
      expectLine(
        "there is no statistic 'fischer'; did you mean fisher",
        try statistics("\(folder)/n.safetensors", "--statistics", "fischer"))
      expectLine(
        "there are responses of other roundings only",
        try Command.run(
          "rank", "\(TestFiles.repository)/MQBench/fashion-resnet-gptq.csv", "--statistics", eight, "--proxy",
          "default"))
      expectLine(
        "the background uniform:5 is not among the candidates",
        try statistics("\(folder)/n.safetensors", "--background", "uniform:5"))
      expectLine(
        "background 'middle': float or uniform:B",
        try statistics("\(folder)/n.safetensors", "--background", "middle"))
      for window in ["window:0", "window:x", "some"] {
        expectLine(
          "interactions '\(window)': none, all or window:W",
          try statistics("\(folder)/n.safetensors", "--interactions", window))
      }
      expectLine("--images is 1; 2 or more", try statistics("\(folder)/n.safetensors", images: 1))
      expectLine("holds statistics of other images (8, not 4)", try statistics(eight, images: 4))
      expectLine("holds statistics of other seed (1, not 9)", try statistics(eight, seed: 9))
      expectLine(
        "--bits: 9 bits are not possible",
        try statistics("\(folder)/n.safetensors", "--bits", "2,9"))

      var model = try Model(contentsOf: Self.network)
      let name = try #require(model.graph.initializers.keys.first { $0.contains("weight") })
      let shape = try #require(model.graph.initializers[name]).shape
      let values = [Float](repeating: .nan, count: shape.reduce(1, *))
      model.graph.initializers[name] = TensorValue(values, shape: shape)
      try model.write(to: "\(folder)/nan.onnx")
      expectLine(
        "weights that are not finite numbers",
        try Command.run(
          "statistics", "\(folder)/nan.onnx", "--data", "\(TestFiles.fashion)#train", "--images", "4",
          "--no-perturbations", "--no-responses", "-o", "\(folder)/n.safetensors"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/n.safetensors"))
    }
  }
}
