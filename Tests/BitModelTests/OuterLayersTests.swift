import BitModel
import Testing

@Suite("Outer layers")
struct OuterLayersTests {
  private func costs(_ macs: Int...) -> CostModel {
    CostModel(layers: macs.map { LayerCost(name: "layer", parameters: 1, macs: $0) })
  }

  @Test("keep their bits, or are chosen as all others")
  func policies() {
    #expect(OuterLayers.keepEight.weightBits(others: 3, costs: costs(1, 1, 1, 1)) == [8, 3, 3, 8])
    #expect(OuterLayers.keeping(6).weightBits(others: 3, costs: costs(1, 1, 1, 1)) == [6, 3, 3, 6])
    #expect(OuterLayers.free.weightBits(others: 3, costs: costs(1, 1, 1, 1)) == [3, 3, 3, 3])
    #expect(OuterLayers.keepEight.fixedBits(layer: 1, of: costs(1, 1, 1)) == nil)
  }

  @Test("are one and the same in a network of one layer, and none where there is none")
  func few() {
    #expect(OuterLayers.keepEight.weightBits(others: 3, costs: costs(1)) == [8])
    #expect(OuterLayers.keepEight.weightBits(others: 3, costs: costs()).isEmpty)
  }

  @Test("are the first and the last that multiply")
  func tables() {
    #expect(OuterLayers.keepEight.weightBits(others: 3, costs: costs(0, 1, 1, 1, 0)) == [3, 8, 3, 8, 3])
    #expect(OuterLayers.keepEight.weightBits(others: 3, costs: costs(0, 0)) == [3, 3])
  }

  @Test("of a cost model's uniform configuration are kept")
  func uniform() {
    let costs = CostModel(layers: ["a", "b", "c"].map { LayerCost(name: $0, parameters: 1, macs: 1) })
    #expect(costs.uniform(3).description == "8,3,8/8,8,8")
    #expect(costs.uniform(3, activationBits: 4, outerLayers: .free).description == "3,3,3/4,4,4")
  }
}
