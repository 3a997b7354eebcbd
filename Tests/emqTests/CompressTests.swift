import Foundation
import TestSupport
import Testing

@Suite(
  "Compression",
  .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct CompressTests {
  private let network = "\(TestFiles.repository)/Models/fashion-mobilenet.onnx"
  private let train = "\(TestFiles.fashion)#train#0:256"
  private let test = "\(TestFiles.fashion)#test#0:500"

  private func compress(_ output: String, _ more: [String]) throws -> Command.Result {
    try Command.run(
      [
        "compress", network, "--data", train, "--test", test, "--images", "64", "--format", "json", "-o",
        output,
      ]
        + more)
  }

  private func layers(_ json: [String: Any], _ key: String) throws -> [Int] {
    try #require(json["layers"] as? [[String: Any]]).compactMap { $0[key] as? Int }
  }

  @Test("fits the budget, beats uniform bits, runs in ONNX Runtime, and reads back")
  func whole() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/small.onnx"
      // Runs at this size hold depthwise and pointwise layers of 2 bits, some of them rounded right after their sum.
      let result = try compress(
        output, ["--budget", "2.5bits", "--refine", "12", "--threads", "2"])
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      let uniform = try Command.run(
        "quantize", network, "--bits", "2", "--rounding", "gptq", "--calibration", train, "--data", test,
        "--format", "json", "-o", "\(folder)/uniform.onnx"
      ).json()
      let top1 = try #require(json["top1"] as? Double)
      #expect(try top1 > #require(uniform["top1"] as? Double) + 0.01)
      #expect(try abs(top1 - #require(json["onnx_runtime_top1"] as? Double)) <= 0.002)
      #expect(try #require(json["equal_predictions"] as? Double) >= 0.99)
      let bits = try layers(json, "weight_bits")
      #expect(bits.first == 8 && bits.last == 8 && Set(bits).isSubset(of: [2, 3, 4, 8]) && bits.contains(2))
      let refinement = try #require(json["refinement"] as? [String: Any])
      #expect(try #require(refinement["after"] as? Double) <= #require(refinement["before"] as? Double))
      let correction = try #require(json["correction"] as? [String: Any])
      let measured = try #require(correction["measured"] as? [[String: Any]])
      #expect(
        measured.compactMap { $0["correction"] as? String } == [
          "none", "bias", "batch_norm", "batch_norm_and_bias",
        ])
      let least = try #require(measured.compactMap { $0["divergence"] as? Double }.min())
      let kept = try #require(measured.first { $0["correction"] as? String == correction["kept"] as? String })
      #expect(kept["divergence"] as? Double == least)
      let stages = try #require(json["stages"] as? [[String: Any]])
      #expect(
        stages.compactMap { $0["name"] as? String } == [
          "load and calibrate", "statistics", "allocation", "refinement", "rounding", "export", "proof",
        ])

      let file = try #require(json["file_mib"] as? Double)
      let stored = try #require(json["stored_mib"] as? [String: Double])
      #expect(try abs(#require(stored["total"]) - file) < 0.05 * file)
      #expect(try file < 0.25 * #require(json["float_mib"] as? Double))
      let inspected = try Command.run("inspect", output, "--format", "json").json()
      #expect(try layers(inspected, "weight_bits") == bits)
      #expect(try layers(inspected, "activation_bits") == bits.map { _ in 8 })
      #expect(try #require(inspected["size_mib"] as? Double) == json["size_mib"] as? Double)
      let types = try #require(inspected["layers"] as? [[String: Any]]).compactMap { $0["stored"] as? String }
      #expect(Set(types) == ["int8", "uint8"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "small.onnx", "uniform.onnx",
        ])

      let again = try compress(
        "\(folder)/again.onnx", ["--budget", "2.5bits", "--refine", "12", "--threads", "1"])
      #expect(again.status == 0)
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/again.onnx"))
          == Data(contentsOf: URL(fileURLWithPath: output)))
    }
  }

  @Test("a drop of accuracy finds a size, and proves it on other images")
  func accuracyDrop() throws {
    try TestFiles.withFolder { folder in
      let result = try compress(
        "\(folder)/small.onnx", ["--accuracy-drop", "2", "--rounding", "nearest", "--refine", "0"])
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      let trials = try #require(json["trials"] as? [[String: Double]])
      let size = try #require(json["size_mib"] as? Double)
      let chosen = try #require(trials.first { $0["size_mib"] == size })
      #expect(try #require(chosen["drop"]) <= 2)
      for trial in trials {
        let isSmaller = try #require(trial["size_mib"]) < size
        #expect(try !isSmaller || #require(trial["drop"]) > 2)
      }
      #expect(json["images"] as? Int == 250)
      #expect(try #require(json["top1"] as? Double) > #require(json["float_top1"] as? Double) - 0.06)
    }
  }

  @Test("several budgets, tied layers and bits of inputs are chosen together")
  func budgets() throws {
    try TestFiles.withFolder { folder in
      let names = try #require(
        try Command.run("inspect", network, "--format", "json").json()["layers"] as? [[String: Any]]
      ).compactMap { $0["name"] as? String }
      var table = "layer,weight_bits,activation_bits,milliseconds\n"
      for (index, name) in names.enumerated() {
        for weight in [2, 3, 4, 8] {
          for activation in [4, 6, 8] {
            table +=
              "\(name),\(weight),\(activation),\(Double(weight * activation * (index % 5 + 1)) / 100)\n"
          }
        }
      }
      let latency = "\(folder)/latency.csv"
      try table.write(toFile: latency, atomically: true, encoding: .utf8)
      let result = try compress(
        "\(folder)/small.onnx",
        [
          "--proxy", "extended", "--rounding", "nearest", "--refine", "0", "--activation-bits", "4,6,8",
          "--latency", latency,
          "--budget",
          "3.5bits", "--budget", "bitops=2.5%", "--budget", "latency=16ms", "--budget", "activations=17%",
          "--tie",
          "depthwise", "--fix", "\(names[3])=4/6",
        ])
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      let (weights, inputs) = try (layers(json, "weight_bits"), layers(json, "activation_bits"))
      #expect(weights[3] == 4 && inputs[3] == 6)
      #expect(Set(inputs).count > 1)
      let operations = try #require(json["float_bitops_g"] as? Double)
      #expect(try #require(json["bitops_g"] as? Double) <= 0.025 * operations)
      #expect(try #require(json["latency_ms"] as? Double) <= 16)
      #expect(json["gap"] as? Double == 0)
      let time = zip(weights, inputs).enumerated().reduce(0.0) {
        $0 + Double($1.element.0 * $1.element.1 * ($1.offset % 5 + 1)) / 100
      }
      #expect(try abs(#require(json["latency_ms"] as? Double) - time) < 1e-9)
    }
  }

  @Test(
    "without test images, a part of the images is kept apart; a proxy that is no sum is allocated by search")
  func keptApart() throws {
    try TestFiles.withFolder { folder in
      let result = try Command.run(
        "compress", network, "--data", train, "--images", "32", "--rounding", "nearest", "--budget", "10%",
        "--proxy", "layer_max(divergence)", "--refine", "0", "--correction", "bias", "--packing", "int8",
        "-o", "\(folder)/small.onnx"
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("a fifth of \(train), kept apart"))
      #expect(result.output.contains("proven on 51 images"))
      #expect(result.output.contains("found by climbing from several starts"))
      #expect(result.output.contains("████"))
      #expect(result.output.contains("divergence of predictions by correction: bias 0."))
      #expect(result.output.contains("; bias is kept"))
      #expect(result.output.contains("small.onnx: opset 13"))
    }
  }

  @Test("what cannot be compressed is said in one line, and earlier files stay")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/small.onnx"
      try "earlier".write(toFile: output, atomically: true, encoding: .utf8)
      let base = ["--rounding", "nearest", "--budget"]
      func expect(_ words: String, _ more: [String], location: SourceLocation = #_sourceLocation) throws {
        expectLine(words, try compress(output, more), location: location)
      }
      try expect("is below the least possible", base + ["1KiB"])
      try expect("budget '-3bits'", ["--rounding", "nearest", "--budget=-3bits"])
      try expect("budget '0%'", base + ["0%"])
      try expect("has no layer conv99", base + ["3bits", "--fix", "conv99=4"])
      try expect("--fix 'x'", base + ["3bits", "--fix", "x"])
      try expect("output channels", base + ["3bits", "--tie", try unequalLayers()])
      try expect("--tie 'residuals'", base + ["3bits", "--tie", "residuals"])
      try expect("needs a table", base + ["latency=3ms"])
      try "layer,weight_bits,activation_bits,milliseconds\nfoo,2,8,1\n".write(
        toFile: "\(folder)/t.csv", atomically: true, encoding: .utf8)
      try expect("has no times of layer", base + ["latency=3ms", "--latency", "\(folder)/t.csv"])
      try expect("--accuracy-drop is -1", ["--accuracy-drop=-1"])
      try expect("--budget is missing", [])
      try expect("does not see bits", base + ["3bits", "--proxy", "weight_norm", "--activation-bits", "4,8"])
      let unwritable = try Command.run(
        ["compress", network, "--data", train, "--budget", "3bits", "-o", "\(folder)/none/x.onnx"])
      expectLine("none/x.onnx", unwritable)
      #expect(try String(contentsOfFile: output, encoding: .utf8) == "earlier")

      let copy = "\(folder)/copy.onnx"
      try FileManager.default.copyItem(atPath: network, toPath: copy)
      for command in ["compress", "finetune"] {
        let budget = command == "compress" ? "--budget" : "--bits"
        expectLine(
          "is what is read from",
          try Command.run(
            command, copy, "--data", train, budget, command == "compress" ? "3bits" : "3", "-o", copy))
      }
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: copy)) == Data(contentsOf: URL(fileURLWithPath: network)))

      let quantized = "\(folder)/q.onnx"
      #expect(
        try Command.run("quantize", network, "--bits", "4", "--calibration", train, "-o", quantized).status
          == 0)
      let twice = try Command.run("compress", quantized, "--data", train, "--budget", "3bits", "-o", output)
      expectLine("is quantized already", twice)
      #expect(try String(contentsOfFile: output, encoding: .utf8) == "earlier")
    }
  }

  /// Names of two layers with different numbers of channels, joined by a comma.
  private func unequalLayers() throws -> String {
    let layers = try #require(
      try Command.run("inspect", network, "--format", "json").json()["layers"] as? [[String: Any]])
    func channels(_ layer: [String: Any]) -> Int? { (layer["shape"] as? [Int])?.first }
    let first = layers[1]
    let other = try #require(layers.dropFirst(2).first { channels($0) != channels(first) })
    return "\(try #require(first["name"] as? String)),\(try #require(other["name"] as? String))"
  }

  @Test("kept statistics and rounded weights serve again, to the same bytes, and for another budget")
  func keptWeights() throws {
    try TestFiles.withFolder { folder in
      func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      func compress(_ name: String, budget: String, _ more: [String]) throws {
        let result = try self.compress(
          "\(folder)/\(name)", ["--budget", budget, "--refine", "2", "--threads", "2"] + more)
        #expect(result.status == 0, "\(result.errors)")
      }
      let kept = "\(folder)/kept.safetensors"
      try compress("first.onnx", budget: "4bits", ["--statistics", kept])
      let weights = try FileManager.default.contentsOfDirectory(atPath: "\(kept).weights").sorted()
      #expect(weights.contains { $0.hasSuffix("-3.safetensors") })
      // A file that is damaged is made anew.
      let damaged = "kept.safetensors.weights/\(weights[0])"
      let whole = try bytes(damaged)
      try whole.dropLast(9).write(to: URL(fileURLWithPath: "\(folder)/\(damaged)"))
      try compress("again.onnx", budget: "4bits", ["--statistics", kept])
      #expect(try bytes(damaged) == whole)
      #expect(try bytes("again.onnx") == bytes("first.onnx"))
      try compress("other.onnx", budget: "3bits", ["--statistics", kept])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "again.onnx", "first.onnx", "kept.safetensors", "kept.safetensors.seconds.json",
          "kept.safetensors.weights", "other.onnx",
        ])
    }
  }

  @Test("what takes more memory than it may is refused in a line, and writes nothing")
  func memory() throws {
    try TestFiles.withFolder { folder in
      expectLine(
        "of which 0.1 GiB may be taken",
        try compress("\(folder)/small.onnx", ["--budget", "3bits", "--memory", "100MiB"]))
      expectLine(
        "--memory", try compress("\(folder)/small.onnx", ["--budget", "3bits", "--memory", "100"]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}
