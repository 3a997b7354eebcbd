import Datasets
import Foundation
import TestSupport
import Testing

/// A segmentation network with labels through the program.
@Suite("Labels of pixels through the program")
struct PositionLabelCommandTests {
  @Test("give a top-1 that ONNX Runtime has too, in all that measures")
  func program() throws {
    try TestFiles.withFolder { folder in
      let model = TestFiles.golden("networks/unet-tiny.onnx")
      let (count, pixels) = (20, 16 * 20)
      let values = (0..<count * pixels).map { Float(($0 * 7919 + $0 / pixels * 31) % 257) / 128 - 1 }
      let images = NumPyArray(values, shape: [count, 1, 16, 20])
      let data = "\(folder)/d.npz"
      try NumPyArchive.write([("images", images)], to: data)
      #expect(
        try Command.run(
          "evaluate", model, "--task", "classes", "--data", data, "--outputs", "\(folder)/o.npz"
        ).status == 0)
      let predictions = try NumPyArchive(contentsOf: "\(folder)/o.npz").array("predictions")
      #expect(predictions.shape == [count, 16, 20])
      // Every tenth pixel does not count, and every ninth of the others is another class.
      let own = try #require(predictions.integers)
      let labels = own.enumerated().map { $0 % 10 == 0 ? -100 : $0 % 9 == 0 ? ($1 + 1) % 3 : $1 }
      let right = zip(own, labels).count { $0 == $1 }
      let counted = labels.count { $0 != -100 }
      try NumPyArchive.write(
        [("images", images), ("labels", NumPyArray(labels.map { Int64($0) }, shape: [count, 16, 20]))],
        to: data)
      let evaluated = try Command.run("evaluate", model, "--data", data, "--format", "json").json()
      #expect(abs((evaluated["top1"] as? Double ?? 0) - Double(right) / Double(counted)) < 1e-9)

      let quantized = try Command.run(
        "quantize", model, "--bits", "4", "--calibration", data, "--data", data, "-o", "\(folder)/q.onnx",
        "--format", "json"
      ).json()
      let top1 = try #require(quantized["top1"] as? Double)
      #expect(quantized["float_top1"] as? Double == evaluated["top1"] as? Double)
      if let judged = quantized["onnx_runtime_top1"] as? Double {
        #expect(abs(judged - top1) < 0.01)
        #expect((quantized["equal_predictions"] as? Double ?? 0) > 0.99)
      }
      let built = try Command.run(
        "benchmark", "build", model, "--data", data, "--calibration", data, "--configurations", "3", "-o",
        "\(folder)/b.sqlite", "--format", "json")
      #expect(try built.json()["float_top1"] as? Double == evaluated["top1"] as? Double, "\(built.errors)")
      let compressed = try Command.run(
        "compress", model, "--data", data, "--budget", "4bits", "-o", "\(folder)/c.onnx", "--format", "json")
      #expect(try compressed.json()["labelled"] as? Bool == true, "\(compressed.errors)")
    }
  }
}
