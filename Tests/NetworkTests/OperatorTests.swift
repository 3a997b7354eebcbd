import Network
import ONNX
import TestSupport
import Testing
import Torch

/// What ONNX Runtime makes of one small model an operator.
struct OperatorGolden: Decodable {
  let images: [Double]
  let outputs: [String: [Double]]

  static func load() -> OperatorGolden {
    (try? TestFiles.goldenJSON("operators.json", as: OperatorGolden.self))
      ?? OperatorGolden(images: [], outputs: [:])
  }

  static let all = load()
}

@Suite("Operators")
struct OperatorTests {
  @Test("are all covered")
  func coverage() { #expect(OperatorGolden.all.outputs.count > 250) }

  @Test("equal ONNX Runtime", arguments: OperatorGolden.all.outputs.keys.sorted())
  func equalRuntime(name: String) throws {
    let golden = OperatorGolden.all
    let expected = try #require(golden.outputs[name])
    let network = try Network(Model(contentsOf: TestFiles.golden("operators/\(name).onnx")), name: name)
    let images = try Tensor(golden.images.map { Float($0) }, shape: [2, 4, 6, 6])
    // A softmax at the end is not run, as logits are what enters it.
    let logits = try network.logits(images)
    let output =
      try network.outputKind == .logits ? logits : logits.logSoftmax(dimension: 1).applying("exp")
    #expect(relativeDifference(try output.doubles(), expected) < 1e-5)
  }
}
