import Network
import ONNX
import TestSupport
import Testing
import Torch

/// What makes files small, seen from what they compute.
@Suite("Networks of small files")
struct SmallFilesNetworkTests {
  @Test(
    "merged constants and short names keep logits to the bit, and the file is smaller",
    arguments: ["small-network.onnx", "operators/clip.onnx"])
  func logits(file: String) throws {
    let source = try Model(contentsOf: TestFiles.golden(file))
    var small = source
    let first = try #require(source.graph.initializers.elements.first)
    // A copy of a constant that only the first node to take it keeps.
    small.graph.initializers["copy of a constant"] = first.value
    let user = try #require(small.graph.nodes.firstIndex { $0.inputs.contains(first.key) })
    small.graph.nodes[user].inputs = small.graph.nodes[user].inputs.map {
      $0 == first.key ? "copy of a constant" : $0
    }
    small.graph.mergeIdenticalInitializers()
    #expect(small.graph.initializers.count <= source.graph.initializers.count)
    #expect(small.graph.initializers["copy of a constant"] == nil)
    small.graph.shortenValueNames()
    #expect(try small.serialized().count < source.serialized().count)
    let network = try Network(source)
    let count = 2 * network.inputShape.reduce(1, *)
    var builder = NetworkBuilder()
    let images = try Tensor(builder.numbers(count), shape: [2] + network.inputShape)
    let read = try Network(Model(small.serialized(), name: "small"))
    #expect(try read.logits(images).bytes() == network.logits(images).bytes())
    #expect(read.layers.map(\.name) == network.layers.map(\.name))
  }
}
