import Network
import TestSupport
import Testing

@Suite("Layer search")
struct LayerSearchTests {
  @Test("lists quantizable layers in graph order with their costs")
  func layers() throws {
    let network = try Network(SmallNetwork.model())
    #expect(network.layers.map(\.name) == ["conv1", "depthwise", "pointwise", "shortcut", "classifier"])
    #expect(network.layers[0].macs == 6 * 6 * 4 * 2 * 9)
    #expect(network.layers[1].isDepthwise)
    #expect(network.layers[1].macs == 3 * 3 * 4 * 9)
    #expect(network.layers[4].weightShape == [5, 6])
    #expect(network.classCount == 5)
  }
}
