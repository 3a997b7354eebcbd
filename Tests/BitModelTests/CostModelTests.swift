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

  @Test("averages are of all layers, and of those between the first and the last")
  func averages() {
    let costs = CostModel(
      layers: [100, 300, 200, 50].map { LayerCost(name: "\($0)", parameters: $0, macs: 1) })
    let configuration = BitConfiguration(weightBits: [8, 2, 4, 8], activationBits: 8)
    let sizes: [Double] = [800, 600, 800, 400]
    #expect(costs.averageBits(configuration) == sizes.reduce(0, +) / 650)
    #expect(costs.innerAverageBits(configuration) == 2.8)
    #expect(
      CostModel(layers: Array(costs.layers.prefix(2))).innerAverageBits(
        BitConfiguration(weightBits: [8, 8], activationBits: 8)) == nil)
  }
}
