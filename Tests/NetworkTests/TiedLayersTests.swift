import Network
import TestSupport
import Testing

@Suite("Tied layers")
struct TiedLayersTests {
  @Test("layers that are added, and depthwise ones with what they filter, are groups")
  func ties() throws {
    let network = try Network(SmallNetwork.model())
    #expect(network.groups(tiedBy: .residual) == [[2, 3]])
    #expect(network.groups(tiedBy: .depthwise) == [[0, 1]])
  }
}
