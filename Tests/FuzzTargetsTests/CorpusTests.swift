import Foundation
import FuzzTargets
import TestSupport
import Testing

/// What readers were fuzzed with is read, or refused in one line.
@Suite struct CorpusTests {
  private static let corpora = "\(TestFiles.repository)/Fuzzing/Corpora"

  private static func inputs(_ target: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(corpora)/\(target)").sorted()
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func everyInputIsReadOrRefused(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    var (read, refused) = (0, 0)
    try TestFiles.withFolder { folder in
      for input in try Self.inputs(name) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.corpora)/\(name)/\(input)"))
        #expect(bytes.count <= 100_000, "\(input) is larger than an input of a corpus may be")
        do {
          switch try target.run(bytes, folder: folder) {
          case .value: read += 1
          case .refused: refused += 1
          }
        } catch {
          Issue.record("\(name)/\(input): \(error)")
        }
      }
    }
    // A corpus of nothing but one of them would not reach what comes after.
    #expect(read > 0)
    #expect(refused > 0)
  }

  /// An input, and what its refusal has to say.
  @Test(arguments: [
    ("onnx", "external-outside.onnx", "outside the model's folder"),
    ("onnx", "external-absolute.onnx", "outside the model's folder"),
    ("onnx", "external-link.onnx", "outside the model's folder"),
    ("onnx", "external-often.onnx", "limit externalShare"),
    ("onnx", "shape-overflow.onnx", "impossible shape"),
    ("onnx", "rank.onnx", "limit rank"),
    ("onnx", "nested-40.onnx", "limit messageDepth"),
    ("onnx", "function-often.onnx", "limit nodes"),
    ("onnx", "function-itself.onnx", "limit functionDepth"),
    ("network", "constant-huge.onnx", "limit tracedBytes"),
    ("network", "expand-huge.onnx", "limit tracedBytes"),
    ("network", "tile-huge.onnx", "limit tracedBytes"),
    ("network", "range-huge.onnx", "limit listedElements"),
    ("network", "pad-huge.onnx", "limit tracedBytes"),
    ("network", "resize-huge.onnx", "limit listedElements"),
    ("network", "input-huge.onnx", "limit tracedBytes"),
    ("network", "product-huge.onnx", "limit tracedProducts"),
    ("npy", "long-header.npy", "limit arrayHeaderBytes"),
    ("npy", "rows-of-nothing.npy", "limit examples"),
    ("image", "huge.png", "limit imagePixels"),
    ("idx", "huge", "impossible shape"),
    ("idx", "bomb.gz", "limit inflatedBytes"),
    ("npz", "said-to-be-large.npz", "limit inflatedBytes"),
    ("database", "view.sqlite", "a table of plain columns is needed"),
    ("database", "types.sqlite", "is damaged; build it anew"),
  ])
  func limitsAreNamed(_ name: String, _ input: String, _ words: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.corpora)/\(name)/\(input)"))
    let outcome = try TestFiles.withFolder { try target.run(bytes, folder: $0) }
    guard case .refused(let error) = outcome else {
      Issue.record("\(name)/\(input) is read")
      return
    }
    #expect(error.description.contains(words))
  }

  @Test func aTargetHasACorpusAndACorpusATarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora).sorted()
    #expect(folders == FuzzTarget.all.map(\.name).sorted())
  }
}
