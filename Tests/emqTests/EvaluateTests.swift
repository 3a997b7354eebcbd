import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Evaluation and data without labels")
struct EvaluateTests {
  private let model = TestFiles.golden("small-network.onnx")
  private let plain = ["--mean", "0", "--std", "1"]

  /// Runs `body` with a data set of images [2, 6, 6] for the small network of five classes, without labels, and one
  /// with them.
  private func withImages(
    _ count: Int, _ body: (_ folder: String, _ bare: String, _ labelled: String) throws -> Void
  )
    throws
  {
    try TestFiles.withFolder { folder in
      let values: [Float] = (0..<count * 72).map { index in
        let step: Int = (index * 7919 + index / 72 * 31) % 257
        return Float(step) / 128 - 1
      }
      let images = NumPyArray(values, shape: [count, 6, 6, 2])
      let labels = NumPyArray((0..<count).map { Int64($0 % 5) }, shape: [count])
      try NumPyArchive.write([("images", images)], to: "\(folder)/bare.npz")
      try NumPyArchive.write([("images", images), ("labels", labels)], to: "\(folder)/labelled.npz")
      try body(folder, "\(folder)/bare.npz", "\(folder)/labelled.npz")
    }
  }

  @Test("outputs and predictions are written, with labels or without")
  func outputs() throws {
    try withImages(30) { folder, bare, labelled in
      var written: [Data] = []
      for (name, data) in [("a", bare), ("b", labelled)] {
        let path = "\(folder)/\(name).npz"
        let result = try Command.run(
          ["evaluate", model, "--data", data, "--outputs", path, "--format", "json"] + plain)
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json()
        #expect(json["images"] as? Int == 30)
        #expect((json["top1"] is NSNull) == (data == bare))
        written.append(try Data(contentsOf: URL(fileURLWithPath: path)))
        let archive = try NumPyArchive(contentsOf: path)
        #expect(archive.names == ["outputs", "predictions"])
        let (outputs, predictions) = try (archive.array("outputs"), archive.array("predictions"))
        #expect(outputs.shape == [30, 5] && outputs.type == .float32)
        #expect(predictions.shape == [30] && predictions.type == .int64)
        let (numbers, classes) = try (#require(outputs.floats), #require(predictions.integers))
        for image in 0..<30 {
          let row = numbers[image * 5..<image * 5 + 5]
          #expect(row[row.startIndex + classes[image]] == row.max())
        }
        guard data == labelled else { continue }
        let right = (0..<30).count { classes[$0] == $0 % 5 }
        #expect(json["top1"] as? Double == Double(right) / 30)
      }
      #expect(written[0] == written[1])
      let table = try Command.run(
        ["evaluate", model, "--data", bare, "--outputs", "\(folder)/c.npz"] + plain)
      #expect(table.status == 0 && table.output.contains("–"))
      let refused = try Command.run(["evaluate", model, "--data", bare] + plain)
      #expect(refused.status == 65 && refused.errors.contains("has no labels"))
      let own = try Command.run(["evaluate", model, "--data", bare, "--outputs", bare] + plain)
      #expect(own.status == 64 && own.errors.contains("is what is read from"))
    }
  }

  @Test("accuracy of guessing asks about the preprocessing, on standard error")
  func guessing() throws {
    try withImages(100) { folder, bare, labelled in
      let asked = try Command.run(["evaluate", model, "--data", labelled] + plain)
      #expect(asked.status == 0)
      #expect(asked.errors.contains("is that of guessing among 5 classes; are scale, means"))
      #expect(asked.errors.split(separator: "\n").count == 1)
      let quiet = try Command.run(["evaluate", model, "--data", labelled, "--quiet"] + plain)
      #expect(quiet.status == 0 && quiet.errors.isEmpty && !quiet.output.isEmpty)
      // Predictions are no labels to be guessed.
      let output = "\(folder)/o.npz"
      let silent = try Command.run(["evaluate", model, "--data", bare, "--outputs", output] + plain)
      #expect(silent.status == 0 && silent.errors.isEmpty)
      // The network's own predictions as labels are far from guessed.
      let predictions = try NumPyArchive(contentsOf: output).array("predictions")
      let images = try NumPyArchive(contentsOf: bare).array("images")
      try NumPyArchive.write([("images", images), ("labels", predictions)], to: "\(folder)/own.npz")
      let right = try Command.run(["evaluate", model, "--data", "\(folder)/own.npz"] + plain)
      #expect(right.status == 0 && right.errors.isEmpty)
    }
  }

  @Test("statistics, calibration and compression work on images without labels")
  func unlabelled() throws {
    try withImages(80) { folder, bare, _ in
      let statistics = try Command.run(
        ["statistics", model, "--data", bare, "--images", "16", "-o", "\(folder)/s.safetensors"] + plain)
      #expect(statistics.status == 0, "\(statistics.errors)")
      let quantized = try Command.run(
        ["quantize", model, "--bits", "4", "--calibration", bare, "-o", "\(folder)/q.onnx"] + plain)
      #expect(quantized.status == 0, "\(quantized.errors)")
      let compressed = try Command.run(
        [
          "compress", model, "--data", bare, "--budget", "5bits", "--images", "16", "--refine", "2",
          "--format",
          "json", "-o", "\(folder)/c.onnx",
        ] + plain)
      #expect(compressed.status == 0, "\(compressed.errors)")
      #expect(try compressed.json()["labelled"] as? Bool == false)
      #expect(!compressed.errors.contains("guessing"))
      let refused = try Command.run(
        ["compress", model, "--data", bare, "--accuracy-drop", "1", "-o", "\(folder)/d.onnx"] + plain)
      #expect(refused.status == 64 && refused.errors.contains("has no labels"))
    }
  }

  @Test("options of preprocessing that contradict each other are refused")
  func contradictions() throws {
    try withImages(5) { _, _, labelled in
      for (arguments, words) in [
        (["--mean", "0", "--std", "1", "--scale", "100"], "1 or 255 is needed"),
        (["--preset", "imagenet", "--scale", "255"], "needed together"),
        (["--mean", "0", "--std", "1", "--channel-order", "grb"], "rgb"),
        (["--mean", "0,1", "--std", "1"], "the mean has 2 numbers"),
      ] {
        let result = try Command.run(["evaluate", model, "--data", labelled] + arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains(words))
      }
    }
  }
}
