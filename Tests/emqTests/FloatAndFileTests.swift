import Foundation
import TestSupport
import Testing

@Suite("Float layers and budgets of files")
struct FloatAndFileTests {
  private let network = "\(TestFiles.repository)/Models/fashion-mobilenet.onnx"
  private let train = "\(TestFiles.fashion)#train#0:256"
  private let test = "\(TestFiles.fashion)#test#0:400"

  private func compress(_ output: String, _ more: [String]) throws -> Command.Result {
    try Command.run(
      [
        "compress", network, "--data", train, "--test", test, "--preset", "fashion-mnist", "--rounding",
        "nearest",
        "--correction", "none", "--format", "json", "-o", output,
      ] + more)
  }

  @Test(
    "layers that integers hurt stay float until the accuracy holds, and the report says by which kernels they run"
  )
  func float() throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/small.onnx"
      let result = try compress(output, ["--bits", "3,float", "--accuracy-drop", "3"])
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      #expect(json["proxy"] as? String == "measured layers")
      let layers = try #require(json["layers"] as? [[String: Any]])
      let bits = layers.compactMap { $0["weight_bits"] as? Int }
      #expect(Set(bits).isSubset(of: [3, 8, 16]) && bits.first == 8 && bits.contains(3))
      #expect(try #require(json["equal_predictions"] as? Double) >= 0.99)
      if let execution = json["execution"] as? [String: Any] {
        let kernels = try #require(execution["kernels"] as? [String: Any])
        #expect(kernels["integer_layers"] as? Int == bits.count { $0 != 16 })
        #expect(kernels["layers"] as? Int == bits.count)
      }
      let inspected = try Command.run("inspect", output, "--format", "json").json()
      let read = try #require(inspected["layers"] as? [[String: Any]]).compactMap {
        $0["weight_bits"] as? Int
      }
      #expect(read == bits)
    }
  }

  @Test("the file keeps a budget of it, and uses most of it", arguments: [0.055, 0.07])
  func file(budget: Double) throws {
    try TestFiles.withFolder { folder in
      let output = "\(folder)/small.onnx"
      let result = try compress(
        output,
        ["--budget", "file=\(budget)MiB", "--proxy", "weight_error", "--images", "16", "--refine", "0"])
      #expect(result.status == 0, "\(result.errors)")
      let bytes = Double(try Data(contentsOf: URL(fileURLWithPath: output)).count)
      #expect(bytes <= budget * 1_048_576)
      #expect(bytes >= 0.9 * budget * 1_048_576)
    }
  }

  @Test("a budget that no bits keep is one line")
  func impossible() throws {
    try TestFiles.withFolder { folder in
      expectLine(
        "MiB of file", try compress("\(folder)/small.onnx", ["--budget", "file=0.01MiB"]))
    }
  }
}
