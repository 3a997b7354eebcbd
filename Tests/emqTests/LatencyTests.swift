import Foundation
import ONNX
import TestSupport
import Testing

@Suite(
  "Latency",
  .enabled(
    if: FileManager.default.fileExists(atPath: "\(TestFiles.repository)/.deps/venv/bin/python"),
    "ONNX Runtime is not installed"))
struct LatencyTests {
  private let model = "\(TestFiles.repository)/Models/fashion-plain.onnx"

  @Test("files side by side")
  func files() throws {
    let result = try Command.run(
      "latency", model, model, "--repetitions", "5", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    let models = try #require(json["models"] as? [[String: Any]])
    #expect(json["threads"] as? Int == 1 && models.count == 2)
    #expect(models[0]["ratio"] as? Double == 1)
    for row in models {
      #expect(row["runs"] as? Int == 5 && row["model"] as? String == model)
      let (low, median, high) = (
        row["low_ms"] as? Double, row["median_ms"] as? Double, row["high_ms"] as? Double
      )
      #expect(try #require(low) <= #require(median) && #require(median) <= #require(high))
      #expect(try #require(row["file_mib"] as? Double) > 0)
    }
    let text = try Command.run("latency", model, "--seconds", "0.1", "--threads", "2")
    #expect(text.status == 0 && text.output.contains("fashion-plain.onnx"))
  }

  @Test("a table of layers that allocation reads")
  func table() throws {
    try TestFiles.withFolder { folder in
      let table = "\(folder)/t.csv"
      let result = try Command.run(
        "latency", model, "--table", table, "--bits", "4,8", "--repetitions", "5",
        "--format",
        "json")
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      #expect(json["layers"] as? Int == 9 && (json["networks"] as? [Any])?.count == 2)
      let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
      #expect(lines.first == "layer,weight_bits,activation_bits,milliseconds" && lines.count == 19)
    }
  }

  @Test("bad input is said in one line")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      func run(_ arguments: String...) throws -> Command.Result { try Command.run(["latency"] + arguments) }
      let (text, output) = ("\(folder)/text.onnx", "\(folder)/t.csv")
      try "no model".write(toFile: text, atomically: true, encoding: .utf8)
      expectLine("no such file", try run("\(folder)/none.onnx"))
      expectLine("text.onnx: ONNX Runtime failed", try run(text))
      var two = try Model(contentsOf: model)
      two.graph.inputs.append(ValueInfo(name: "other", shape: [.named("n"), .named("length")]))
      try two.write(to: "\(folder)/two.onnx")
      expectLine("leaves the shape of its input other open", try run(model, "\(folder)/two.onnx"))
      var refused = try Model(contentsOf: model)
      refused.graph.nodes[0].operatorType = "NoSuchOperator"
      try refused.write(to: "\(folder)/refused.onnx")
      expectLine("NoSuchOperator", try run(model, "\(folder)/refused.onnx"))
      expectLine("not 1x30x30", try run(model, "--input-shape", "1x30x30"))
      expectLine("exclude each other", try run(model, "--seconds", "1", "--repetitions", "2"))
      expectLine("--table takes one model", try run(model, model, "--table", output))
      expectLine("9 bits are not possible", try run(model, "--table", output, "--bits", "9"))
      expectLine("is what is read from", try run(model, "--table", model))
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  @Test(
    "inspection says by which kernels a quantized file runs, and not where there is no ONNX Runtime",
    .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
  func kernels() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/q.onnx"
      let quantized = try Command.run(
        "quantize", model, "--bits", "8", "--calibration", "\(TestFiles.fashion)#train#0:8", "-o", path)
      try #require(quantized.status == 0, "\(quantized.errors)")
      let json = try Command.run("inspect", path, "--format", "json").json()
      let layers = try #require(json["layers"] as? [[String: Any]])
      let summary = try #require(json["kernels"] as? [String: Any])
      let integers = layers.filter { $0["integer"] as? Bool == true }
      #expect(summary["layers"] as? Int == 9 && summary["integer_layers"] as? Int == integers.count)
      #expect(integers.contains { $0["kernel"] as? String == "QLinearConv" })
      for layer in layers { #expect((layer["integer"] as? Bool == true) == (layer["reason"] is NSNull)) }
      let text = try Command.run("inspect", path)
      #expect(text.errors.isEmpty && text.output.contains("ONNX Runtime multiplies integers in"))
      let without = try Command.run(["inspect", path], environment: ["EMQ_PYTHON": "\(folder)/none"])
      #expect(without.status == 0 && !without.output.contains("kernel"))
      #expect(without.errors.contains("the kernels of layers are not known"))
      #expect(!(try Command.run("inspect", model).output.contains("kernel")))
    }
  }
}
