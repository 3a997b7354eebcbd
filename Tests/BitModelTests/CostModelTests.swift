import BitModel
import Testing

@Suite("Cost models")
struct CostModelTests {
  @Test("sizes and operations follow their formulas")
  func costs() {
    let costs = CostModel(layers: [
      LayerCost(name: "a", parameters: 100, macs: 1_000_000),
      LayerCost(name: "b", parameters: 300, macs: 2_000_000),
    ])
    #expect(costs.sizeInBits(BitConfiguration(weightBits: [8, 2], activationBits: 8)) == 1400)
    #expect(costs.averageBits(BitConfiguration(weightBits: [8, 2], activationBits: 8)) == 3.5)
    #expect(
      abs(costs.bitOperations(BitConfiguration(weightBits: [8, 2], activationBits: 8)) - 0.096) < 1e-12)
  }
}
