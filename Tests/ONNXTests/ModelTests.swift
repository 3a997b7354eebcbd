import Foundation
import Foundations
import ONNX
import TestSupport
import Testing

/// A graph of some Relu nodes, given as (name, input, output).
private func model(_ nodes: [(String, String, String)], output: String = "y", opset: Int = 17) -> Model {
  let graph = Graph(
    name: "g", inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(4)])],
    outputs: [ValueInfo(name: output)],
    nodes: nodes.map { Node("Relu", name: $0.0, inputs: [$0.1], outputs: [$0.2]) })
  return Model(graph: graph, opset: opset, irVersion: 8)
}

@Suite("ONNX models")
struct ModelTests {
  private static let files = [
    "models/resnet20-cifar10.onnx", "models/resnet32-cifar10.onnx", "models/efficientnet-lite0-imagenet.onnx",
  ]

  @Test(
    "are the same after writing and reading", .enabled(if: TestFiles.hasShared), arguments: files,
    [nil, 1024])
  func roundTrip(file: String, threshold: Int?) throws {
    try TestFiles.withFolder { folder in
      let original = try Model(contentsOf: TestFiles.shared(file))
      try original.write(to: "\(folder)/m.onnx", externalDataThreshold: threshold)
      let copy = try Model(contentsOf: "\(folder)/m.onnx")
      #expect(copy.opset == original.opset)
      #expect(copy.graph.initializers == original.graph.initializers)
      #expect(copy.graph.nodes.map(\.name) == original.graph.nodes.map(\.name))
      #expect(copy.graph.nodes.map(\.inputs) == original.graph.nodes.map(\.inputs))
      #expect(copy.graph.inputs == original.graph.inputs)
    }
  }

  private func error(reading model: Model) throws -> String {
    let data = try model.serialized()
    do {
      _ = try Model(data, name: "m.onnx")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("nodes in any order are sorted, otherwise kept")
  func sorting() throws {
    let data = try model([("c", "b", "y"), ("a", "x", "a"), ("b", "a", "b")]).serialized()
    #expect(try Model(data, name: "m").graph.nodes.map(\.name) == ["a", "b", "c"])
  }

  @Test("graphs that make no sense are refused with the node's name")
  func refused() throws {
    #expect(try error(reading: model([("a", "b", "a"), ("b", "a", "b"), ("c", "b", "y")])).contains("cycle"))
    #expect(
      try error(reading: model([("a", "nowhere", "y")]))
        == "m.onnx: node \"a\" (operator Relu, inputs nowhere): nothing produces its input nowhere")
    #expect(
      try error(reading: model([("a", "x", "y"), ("b", "x", "y")])).contains(
        "produces y, which is there already"))
    #expect(try error(reading: model([("a", "x", "z")])).contains("nothing produces the output y"))
    #expect(try error(reading: model([("a", "x", "y")], opset: 9)).contains("opset 9; opsets 11 to 25"))
    #expect(try error(reading: model([])).contains("no graph with nodes"))
  }

  @Test("a file cut short at any place is refused", arguments: Array(stride(from: 0, to: 1.0, by: 0.09)))
  func truncated(share: Double) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: TestFiles.golden("small-network.onnx")))
    #expect(throws: ONNXError.self) {
      _ = try Model(data.prefix(Int(share * Double(data.count))), name: "m.onnx")
    }
  }

  @Test("external data outside the folder, or past the end of its file, is refused")
  func externalData() throws {
    try TestFiles.withFolder { folder in
      let source = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
      try source.write(to: "\(folder)/m.onnx", externalDataThreshold: 16)
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/m.onnx.data"))
      try data.prefix(40).write(to: URL(fileURLWithPath: "\(folder)/m.onnx.data"))
      #expect(throws: ONNXError.self) { _ = try Model(contentsOf: "\(folder)/m.onnx") }
      try FileManager.default.removeItem(atPath: "\(folder)/m.onnx.data")
      #expect(throws: FileError.self) { _ = try Model(contentsOf: "\(folder)/m.onnx") }
    }
  }

  @Test("integers of 4 and 2 bits share bytes, the first in the lowest bits", arguments: [true, false])
  func packed(signed: Bool) throws {
    let nibbles = signed ? [-8, 7, -1, 0, 3] : [15, 0, 9, 1, 7]
    let four = TensorValue(packed: nibbles, width: .four, signed: signed, shape: [5])
    #expect([UInt8](four.bytes) == (signed ? [0x78, 0x0F, 0x03] : [0x0F, 0x19, 0x07]))
    #expect(try four.integers() == nibbles)
    let pairs = signed ? [-2, 1, -1, 0, 1] : [3, 0, 2, 1, 1]
    let two = TensorValue(packed: pairs, width: .two, signed: signed, shape: [5])
    #expect([UInt8](two.bytes) == (signed ? [0b0011_0110, 0b01] : [0b0110_0011, 0b01]))
    #expect(try two.integers() == pairs)
  }

  @Test("half precision reads exactly")
  func halves() throws {
    let bits: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7C00, 0x3555]
    let tensor = TensorValue(dataType: .float16, shape: [5], bytes: bits.withUnsafeBytes { Data($0) })
    #expect(try tensor.doubles() == [1, -2, 0x1p-24, .infinity, 0.333251953125])
  }
}
