import Foundation
import ONNX
import TestSupport
import Testing

/// Networks in the forms that exporters give them.
@Suite(
  "Forms of networks",
  .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct NetworkFormTests {
  private let train = "\(TestFiles.fashion)#train#0:64"
  private let test = "\(TestFiles.fashion)#test#0:150"

  private func mobilenet() throws -> Model {
    try Model(contentsOf: "\(TestFiles.repository)/Models/fashion-mobilenet.onnx")
  }

  private func evaluated(_ path: String) throws -> [String: Any] {
    let result = try Command.run(
      "evaluate", path, "--data", test, "--preset", "fashion-mnist", "--onnx-runtime", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    return try result.json()
  }

  @Test("a final softmax and a batch of one change no measured figure, here and in ONNX Runtime")
  func evaluation() throws {
    try TestFiles.withFolder { folder in
      let model = try mobilenet()
      let forms = [
        "plain": model, "softmax": model.endingInSoftmax(), "one": model.withBatch(of: 1),
        "both": model.endingInSoftmax(.flatten).withBatch(of: 1),
      ]
      var found: [String: [String: Any]] = [:]
      for (name, model) in forms {
        try model.write(to: "\(folder)/\(name).onnx")
        found[name] = try evaluated("\(folder)/\(name).onnx")
      }
      let plain = try #require(found["plain"])
      for (name, form) in found {
        for key in ["top1", "top5", "loss", "onnx_runtime_top1"] {
          #expect(form[key] as? Double == plain[key] as? Double, "\(key) of \(name)")
        }
        #expect(try #require(form["largest_difference"] as? Double) < 1e-4, "\(name)")
        #expect(form["equal_predictions"] as? Double == 1, "\(name)")
      }
    }
  }

  @Test("inspection says what the output is and how the batch is taken")
  func inspection() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/m.onnx"
      try mobilenet().endingInSoftmax().withBatch(of: 1).write(to: path)
      let json = try Command.run("inspect", path, "--format", "json").json()
      #expect(json["outputs"] as? String == "probabilities" && json["batch"] as? String == "opened")
      let text = try Command.run("inspect", path).output
      #expect(text.contains("ends in a softmax") && text.contains("the file fixes the batch"))
      let plain = try Command.run("inspect", "\(TestFiles.repository)/Models/fashion-mobilenet.onnx")
      #expect(!plain.output.contains("softmax") && !plain.output.contains("batch"))
    }
  }

  @Test("one whose batch cannot be opened is compressed and proven image by image")
  func imageByImage() throws {
    try TestFiles.withFolder { folder in
      var model = try mobilenet().withBatch(of: 1)
      let value = try #require(model.graph.nodes.first { $0.operatorType == "Flatten" }).outputs[0]
      model = model.inserting(
        [
          Node("Squeeze", name: "without", inputs: [value, "first_axis"], outputs: ["row"]),
          Node("Unsqueeze", name: "with", inputs: ["row", "first_axis"], outputs: ["\(value)_after"]),
        ], after: value)
      model.graph.initializers["first_axis"] = TensorValue([Int64(0)], shape: [1])
      try model.write(to: "\(folder)/m.onnx")
      let inspected = try Command.run("inspect", "\(folder)/m.onnx", "--format", "json").json()
      #expect(inspected["batch"] as? String == "fixed")
      let result = try Command.run(
        "compress", "\(folder)/m.onnx", "--data", train, "--test", test, "--preset", "fashion-mnist",
        "--budget", "4bits", "--images", "8", "--rounding", "nearest", "--refine", "2",
        "--format", "json", "-o", "\(folder)/small.onnx")
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      #expect(try #require(json["equal_predictions"] as? Double) > 0.98)
      let small = try Model(contentsOf: "\(folder)/small.onnx")
      #expect(small.graph.inputs[0].shape?.first == .fixed(1))
    }
  }

  @Test("a proof that fails is a failure, said whole in one line, and leaves no file unless asked to")
  func failedProof() throws {
    try TestFiles.withFolder { folder in
      let python = "\(folder)/python"
      try "#!/bin/sh\nprintf 'the first half,\\nthe \\033[31msecond half\\n' >&2\nexit 1\n".write(
        toFile: python, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
      let output = "\(folder)/small.onnx"
      func compress(_ more: [String]) throws -> Command.Result {
        try Command.run(
          [
            "compress", "\(TestFiles.repository)/Models/fashion-mobilenet.onnx", "--data", train, "--test",
            test, "--budget", "4bits", "--images", "8", "--rounding", "nearest", "--refine", "0", "-o",
            output,
          ] + more, environment: ["EMQ_PYTHON": python])
      }
      let failed = try compress([])
      expectLine("the first half, the [31msecond half", failed)
      #expect(failed.errors.contains("not written") && !failed.errors.contains("\u{1B}"))
      #expect(!FileManager.default.fileExists(atPath: output))
      let kept = try compress(["--unproven"])
      #expect(kept.status == 0)
      #expect(kept.errors.contains("was not proven") && kept.errors.contains("the first half"))
      #expect(try Model(contentsOf: output).metadata.count > 0)
    }
  }

  @Test("a result that is larger than its source is said")
  func larger() throws {
    try TestFiles.withFolder { folder in
      var graph = Graph(
        name: "tiny",
        inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(1), .fixed(28), .fixed(28)])],
        outputs: [ValueInfo(name: "y", shape: [.named("n"), .fixed(10)])])
      graph.initializers["w"] = TensorValue((0..<10).map { Float($0) / 5 - 1 }, shape: [10, 1, 1, 1])
      graph.nodes = [
        Node("Conv", name: "conv", inputs: ["x", "w"], outputs: ["channels"]),
        Node("GlobalAveragePool", name: "pool", inputs: ["channels"], outputs: ["pooled"]),
        Node("Flatten", name: "flat", inputs: ["pooled"], outputs: ["y"]),
      ]
      try Model(graph: graph, opset: 17, irVersion: 8).write(to: "\(folder)/tiny.onnx")
      let result = try Command.run(
        "quantize", "\(folder)/tiny.onnx", "--bits", "8", "--calibration", train, "--preset", "fashion-mnist",
        "-o", "\(folder)/q.onnx")
      #expect(result.status == 0)
      #expect(result.errors.contains("WARNING") && result.errors.contains("nothing was gained"))
      let network = "\(TestFiles.repository)/Models/fashion-mobilenet.onnx"
      let smaller = try Command.run(
        "quantize", network, "--bits", "8", "--calibration", train, "-o", "\(folder)/q.onnx")
      #expect(smaller.errors.isEmpty)
    }
  }
}
