import Foundation
import TestSupport
import Testing

@Suite(
  "Pages of compressions",
  .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct CompressionPageTests {
  private func compress(_ folder: String, threads: Int) throws -> (json: [String: Any], page: String) {
    let result = try Command.run(
      "compress", "\(TestFiles.repository)/Models/fashion-plain.onnx", "--data",
      "\(TestFiles.fashion)#train#0:192",
      "--test", "\(TestFiles.fashion)#test#0:200", "--preset", "fashion-mnist", "--images", "32", "--budget",
      "2.5bits",
      "--refine", "4", "--threads", "\(threads)", "--format", "json", "-o", "\(folder)/small.onnx",
      "--report",
      "\(folder)/small.html")
    #expect(result.status == 0, "\(result.errors)")
    return (try result.json(), try String(contentsOfFile: "\(folder)/small.html", encoding: .utf8))
  }

  /// The page without what a clock said.
  private func timeless(_ page: String) -> String {
    page.replacing(/[0-9.]+ ms/, with: "ms").replacing(/: [0-9.]+ times\./, with: "")
      .replacing(/<table data-name="Seconds by stage">.*?<\/table>/, with: "")
  }

  @Test("hold the bits of the file, what allocates others, and the same bytes whatever the threads")
  func whole() throws {
    try TestFiles.withFolder { folder in
      let first = try compress(folder, threads: 1)
      let second = try compress(folder, threads: 2)
      #expect(timeless(first.page) == timeless(second.page))
      #expect(first.page.utf8.count < 2_000_000)
      #expect(!first.page.contains("NaN") && !first.page.contains("inf "))
      let block = try #require(
        first.page.firstMatch(of: /<script type="application\/json" id="allocation">(.*?)<\/script>/)
      ).1
      let form = try #require(
        try JSONSerialization.jsonObject(with: Data(block.utf8)) as? [String: Any])
      let chosen = try #require(form["chosen"] as? [Int])
      let groups = try #require(form["groups"] as? [[Int]])
      let choices = try #require(form["choices"] as? [[[Int]]])
      let layers = try #require(first.json["layers"] as? [[String: Any]])
      for (group, position) in chosen.enumerated() {
        for layer in groups[group] {
          #expect(layers[layer]["weight_bits"] as? Int == choices[group][position][0])
        }
      }
      for heading in ["Result", "Layers", "Other sizes", "Why these bits", "Size against quality", "Answers"]
      {
        #expect(first.page.contains(">\(heading)</h2>"), "\(heading)")
      }
    }
  }

  @Test("are refused where they would take another file's place", arguments: ["model", "output"])
  func badInput(_ what: String) throws {
    try TestFiles.withFolder { folder in
      let model = "\(folder)/model.onnx"
      try FileManager.default.copyItem(
        atPath: "\(TestFiles.repository)/Models/fashion-plain.onnx", toPath: model)
      let result = try Command.run(
        "compress", model, "--data", "\(TestFiles.fashion)#train#0:64", "--preset", "fashion-mnist",
        "--budget",
        "3bits", "-o", "\(folder)/small.onnx", "--report", what == "model" ? model : "\(folder)/small.onnx")
      #expect((64...78).contains(result.status))
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }
}
