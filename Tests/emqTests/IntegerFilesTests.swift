import Foundation
import TestSupport
import Testing

/// Files of both arithmetics, as the program writes and lists them.
@Suite(
  "Files in integers",
  .enabled(
    if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct IntegerFilesTests {
  private func quantize(_ output: String, _ options: String...) throws -> Command.Result {
    try Command.run(
      [
        "quantize", "\(TestFiles.repository)/Models/fashion-plain.onnx", "--bits", "3", "--calibration",
        "\(TestFiles.fashion)#train#0:32", "--preset", "fashion-mnist", "--format", "json", "-o", output,
      ] + options)
  }

  @Test(
    "a packing of the other arithmetic is refused with those that are possible",
    arguments: [
      (["--packing", "int4"], "function, inline, int8"), (["--packing", "least"], "function, inline, int8"),
      (["--arithmetic", "float", "--packing", "inline"], "least, int4, int8"),
    ])
  func refused(options: [String], possible: String) throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/q.onnx"
      let result = try Command.run(
        [
          "quantize", "\(TestFiles.repository)/Models/fashion-plain.onnx", "--bits", "3", "--calibration",
          "\(TestFiles.fashion)#train#0:32", "-o", output,
        ] + options)
      #expect(result.status == 64)
      let lines = result.errors.split(separator: "\n").filter { $0.contains("--packing") }
      #expect(lines.count == 1 && lines.first?.contains(possible) == true, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  @Test("4-bit integers are those of float arithmetic, and unpacked weights those of integers")
  func packings() throws {
    try TestFiles.withFolder { folder in
      func list(_ output: String) throws -> (opset: Int?, layers: [[String: Any]]) {
        let result = try Command.run("inspect", output, "--format", "json")
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json()
        return (json["opset"] as? Int, try #require(json["layers"] as? [[String: Any]]))
      }
      let (float, integer) = ("\(folder)/float.onnx", "\(folder)/integer.onnx")
      let first = try quantize(float, "--arithmetic", "float", "--packing", "int4")
      #expect(first.status == 0, "\(first.errors)")
      let (floatOpset, floatLayers) = try list(float)
      #expect(floatOpset == 21)
      let second = try quantize(integer)
      #expect(second.status == 0, "\(second.errors)")
      #expect(try second.json()["opset"] as? Int == 13)
      let (opset, layers) = try list(integer)
      #expect(opset == 13 && layers.count == 9 && floatLayers.count == 9)
      for (layer, other) in zip(layers, floatLayers) {
        #expect(layer["name"] as? String == other["name"] as? String)
        #expect(layer["weight_bits"] as? Int == other["weight_bits"] as? Int)
        #expect(layer["activation_bits"] as? Int == other["activation_bits"] as? Int)
      }
      let bits = layers.compactMap { $0["weight_bits"] as? Int }
      #expect(bits.count == 9 && bits[1...7].allSatisfy { $0 == 3 })
      #expect(layers[4]["stored"] as? String == "uint8")
      #expect((floatLayers[4]["stored"] as? String)?.hasSuffix("int4") == true)
    }
  }
}
