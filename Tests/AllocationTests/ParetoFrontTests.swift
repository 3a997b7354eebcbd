import Allocation
import BitModel
import Testing

@Suite("Pareto front")
struct ParetoFrontTests {
  @Test("a sweep over times begins at the least of each group, whichever bits are fastest")
  func latencyRange() throws {
    let layers = ["a", "b"].map { LayerCost(name: $0, parameters: 10, macs: 10) }
    let table = try LatencyTable(
      "layer,weight_bits,activation_bits,milliseconds\na,2,8,3\na,4,8,1\nb,2,8,2\nb,4,8,5\n", source: "t")
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers), latency: table), weightBits: [2, 4],
      activationBits: [8])
    #expect(try ParetoFront.bounds(of: .latency, in: space, count: 3) == [3, 5.5, 8])
    #expect(try ParetoFront.bounds(of: .latency, in: space, count: 2, upTo: 7) == [3, 7])
  }

  @Test("points that another one dominates are left out")
  func nonDominated() {
    func point(_ cost: Double, _ score: Double) -> ParetoFront.Point {
      let configuration = BitConfiguration(weightBits: [2], activationBits: 8)
      return .init(
        allocation: Allocation(configuration: configuration, score: score, method: .exact, gap: 0), cost: cost
      )
    }
    let points = [point(3, 5), point(1, 2), point(2, 2), point(2, 4), point(4, 5), point(1, 1)]
    #expect(ParetoFront.nonDominated(points) == [point(1, 2), point(2, 4), point(3, 5)])
  }
}
