import Allocation
import BitModel
import Testing

@Suite("Allocation space")
struct AllocationSpaceTests {
  @Test("tied layers with different fixed bits are refused, as are impossible candidates")
  func badSpaces() {
    let costs = NetworkCosts(
      model: CostModel(layers: ["a", "b"].map { LayerCost(name: $0, parameters: 1, macs: 1) }))
    #expect {
      _ = try AllocationSpace(
        costs: costs, weightBits: [2], activationBits: [8],
        fixed: [0: .init(weightBits: 8), 1: .init(weightBits: 4)], ties: [[0, 1]])
    } throws: { "\($0)".contains("layers a and b are tied, but fixed to 8/8 and 4/8 bits") }
    for (weights, activations) in [([1], [8]), ([], [8]), ([2], [9]), ([2], [])] {
      #expect(throws: AllocationError.self) {
        _ = try AllocationSpace(costs: costs, weightBits: weights, activationBits: activations)
      }
    }
  }

  @Test("bits that a layer cannot be given have no position, nor have other numbers of layers")
  func positions() throws {
    let costs = NetworkCosts(
      model: CostModel(layers: ["a", "b", "c"].map { LayerCost(name: $0, parameters: 1, macs: 1) }))
    let space = try AllocationSpace(costs: costs, weightBits: [2, 4], activationBits: [8], ties: [[0, 1]])
    let known = BitConfiguration(weightBits: [4, 4, 2], activationBits: 8)
    #expect(try space.positions(of: known) == [1, 0])
    #expect(try space.configuration(space.positions(of: known)) == known)
    for (bits, words) in [
      ([4, 4, 3], "layer c has 3/8 bits"), ([4, 2, 2], "layers a and b are tied, but have 4/8 and 2/8 bits"),
      ([4, 4], "bits of 2 layers; the network has 3"), ([4, 4, 2, 2], "bits of 4 layers"),
    ] {
      let other = BitConfiguration(weightBits: bits, activationBits: 8)
      #expect { _ = try space.positions(of: other) } throws: { "\($0)".contains(words) }
    }
    let short = BitConfiguration(weightBits: [4, 4], activationBits: 8)
    #expect(throws: AllocationError.self) { _ = try costs.cost(.size, of: short) }
  }

  @Test("layers that do not exist and bits that are not possible are refused by name")
  func badLayers() {
    let costs = NetworkCosts(model: CostModel(layers: [LayerCost(name: "a", parameters: 1, macs: 1)]))
    func message(_ fixed: [Int: BitChoice], _ ties: [[Int]] = []) -> String {
      do {
        _ = try AllocationSpace(
          costs: costs, weightBits: [2], activationBits: [8], fixed: fixed, ties: ties)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message([1: BitChoice(weightBits: 8)]).contains("no layer 1"))
    #expect(message([:], [[0, 2]]).contains("no layer 2"))
    #expect(message([0: BitChoice(weightBits: 9)]).contains("layer a is fixed to 9/8 bits"))
  }
}
