import Allocation
import BitModel
import Testing

@Suite("Measured refinement")
struct MeasuredRefinementTests {
  private func space() throws -> AllocationSpace {
    let layers = (0..<6).map { LayerCost(name: "l\($0)", parameters: 100 * (1 + $0 % 3), macs: 1) }
    return try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 3, 4], activationBits: [8])
  }

  /// A divergence in which neighbouring layers matter together, so that no sum over layers gives it.
  private func divergence(_ configuration: BitConfiguration) -> Double {
    let errors = configuration.weightBits.enumerated().map { Double(1 + $0) / Double(1 << (2 * $1)) }
    return errors.reduce(0, +) + zip(errors, errors.dropFirst()).reduce(0) { $0 + 40 * $1.0 * $1.1 }
  }

  @Test("refines a start within the bounds, and measures no more than it may", arguments: [1, 3, 12, 200])
  func refines(evaluations: Int) throws {
    let space = try space()
    let bounds = try space.bounds([Budget(parsing: "3bits")])
    let start = BitConfiguration(weightBits: [4, 4, 2, 2, 3, 3], activationBits: 8)
    #expect(try space.keeps(bounds, start))
    var measured: [BitConfiguration] = []
    let outcome = try MeasuredRefinement(space: space, bounds: bounds, evaluations: evaluations).best(
      starts: [start, start], scores: { $0.map { -Double($0.weightBits[0]) } }
    ) { configuration in
      measured.append(configuration)
      return divergence(configuration)
    }
    let found = try #require(outcome)
    #expect(measured.count <= evaluations && measured.count == found.evaluations)
    #expect(Set(measured).count == measured.count)
    for configuration in measured { #expect(try space.keeps(bounds, configuration)) }
    #expect(found.startDivergence == divergence(start))
    #expect(found.divergence == measured.map(divergence).min())
    if evaluations == 200 {
      #expect(found.divergence < found.startDivergence)
      // No exchange of a step between two layers is better.
      for more in 0..<6 {
        for fewer in 0..<6 where fewer != more {
          var other = found.configuration
          other[more].weightBits += 1
          other[fewer].weightBits -= 1
          guard other.weightBits.allSatisfy((2...4).contains), try space.keeps(bounds, other) else {
            continue
          }
          #expect(divergence(other) >= found.divergence)
        }
      }
    }
  }

  @Test("stops where the user asks")
  func stops() throws {
    let space = try space()
    let start = BitConfiguration(weightBits: [2, 2, 2, 2, 2, 2], activationBits: 8)
    var count = 0
    let outcome = try MeasuredRefinement(space: space, bounds: [], evaluations: 50).best(
      starts: [start], scores: { $0.map { _ in 0 } }
    ) { configuration in
      count += 1
      return count < 4 ? divergence(configuration) : nil
    }
    #expect(outcome == nil && count == 4)
  }
}
