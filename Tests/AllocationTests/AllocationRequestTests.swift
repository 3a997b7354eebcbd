import Allocation
import BitModel
import Testing

@Suite("Allocation requests")
struct AllocationRequestTests {
  private let costs = NetworkCosts(
    model: CostModel(
      layers: [10, 100, 300, 200, 10].enumerated().map {
        LayerCost(name: "l\($0)", parameters: $1 * 1000, macs: $1 * 5000)
      }))

  private func candidates(_ budgets: String..., prefersFewBits: Bool = true) throws -> [Int] {
    let request = AllocationRequest(budgets: try budgets.map { try Budget(parsing: $0) })
    return try request.space(costs: costs, prefersFewBits: prefersFewBits).choices[1].map(\.weightBits)
  }

  @Test(
    "candidates lie on both sides of what a budget allows everywhere",
    arguments: [
      ("2.5bits", [2, 3, 4]), ("3bits", [2, 3, 4]), ("3.9bits", [2, 3, 4]), ("4bits", [2, 3, 4, 6, 8]),
      ("4.1bits", [2, 3, 4, 6, 8]), ("5bits", [2, 3, 4, 6, 8]), ("7bits", [2, 3, 4, 6, 8]),
      ("10%", [2, 3, 4]), ("20%", [2, 3, 4, 6, 8]), ("0.2MiB", [2, 3, 4]), ("0.4MiB", [2, 3, 4, 6, 8]),
      ("bitops=2%", [2, 3, 4]), ("bitops=4%", [2, 3, 4, 6, 8]),
    ])
  func candidates(budget: String, expected: [Int]) throws {
    #expect(try candidates(budget) == expected)
    let request = AllocationRequest(budgets: [try Budget(parsing: budget)])
    let space = try request.space(costs: costs)
    let bounds = try space.bounds(request.budgets)
    // The outer layers keep 8 bits.
    let fits = try expected.map {
      try space.keeps(bounds, costs.model.uniform($0))
    }
    #expect(fits.first == true && fits.last == false)
  }

  @Test("a budget of four bits mixes")
  func fourBits() throws {
    let request = AllocationRequest(budgets: [try Budget(parsing: "4bits")])
    let space = try request.space(costs: costs)
    let values = space.choices.enumerated().map { group, choices in
      choices.map { -Double(1 << (3 * group)) / Double(1 << (2 * $0.weightBits)) }
    }
    let allocation = try ExactAllocation(space: space, bounds: space.bounds(request.budgets))
      .best(values: values)
    #expect(Set(allocation.configuration.weightBits[1...3]).count > 1)
    let uniform = costs.model.uniform(4)
    #expect(try space.keeps(space.bounds(request.budgets), uniform))
    #expect(allocation.configuration != uniform && allocation.isProvenOptimal)
  }

  @Test("of 8 bits, the most that there are, the greatest candidate fits")
  func eightBits() throws { #expect(try candidates("8bits") == [2, 3, 4, 6, 8]) }

  @Test("all budgets count together, and without one it is said whether few bits are meant")
  func several() throws {
    #expect(try candidates("4bits", "bitops=2%") == [2, 3, 4])
    #expect(try candidates() == [2, 3, 4])
    #expect(try candidates(prefersFewBits: false) == [2, 3, 4, 6, 8])
  }

  @Test(
    "fixed layers go before what outer layers keep, and take the most bits of inputs where none are given")
  func fixed() throws {
    let request = AllocationRequest(
      weightBits: [2, 5], activationBits: [4, 6],
      fixed: try ["l0=4", "l2=3/5"].map { try FixedLayer(parsing: $0) }, ties: [[1, 3]])
    let space = try request.space(costs: costs)
    #expect(space.groups == [[0], [1, 3], [2], [4]])
    #expect(space.choices[0] == [BitChoice(weightBits: 4, activationBits: 6)])
    #expect(space.choices[2] == [BitChoice(weightBits: 3, activationBits: 5)])
    #expect(space.choices[3] == [BitChoice(weightBits: 8, activationBits: 6)])
    #expect(space.choices[1].count == 4)
    let free = try AllocationRequest(weightBits: [2, 3], outerLayers: .free).space(costs: costs)
    #expect(free.choices.allSatisfy { $0.count == 2 })
  }

  @Test("a layer's bits are read from the end of the text, as names may hold anything")
  func fixedText() throws {
    #expect(try FixedLayer(parsing: "a=b/c=4") == FixedLayer(name: "a=b/c", weightBits: 4))
    #expect(try FixedLayer(parsing: "x=2/8") == FixedLayer(name: "x", weightBits: 2, activationBits: 8))
    for text in ["x", "x=", "x=9", "x=2/3/4", "x=2/", "=", "x=two"] {
      #expect(throws: AllocationError.self) { _ = try FixedLayer(parsing: text) }
    }
    let unknown = AllocationRequest(weightBits: [2], fixed: [FixedLayer(name: "l9", weightBits: 4)])
    #expect { _ = try unknown.space(costs: costs) } throws: { "\($0)".contains("has no layer l9") }
  }

  @Test("layers are tied by names where their output channels are equally many")
  func ties() throws {
    #expect(try costs.layers(tied: ["l1", "l3"], outputChannels: [1, 2, 3, 2, 5]) == [1, 3])
    for (names, words) in [
      (["l1"], "two or more names"), (["l1", "l2"], "layer l1 has 2 output channels and layer l2 3"),
      (["l1", "l7"], "no layer l7"),
    ] {
      #expect { _ = try costs.layers(tied: names, outputChannels: [1, 2, 3, 2, 5]) } throws: {
        "\($0)".contains(words)
      }
    }
    #expect(throws: AllocationError.self) { _ = try costs.layers(tied: ["l1", "l3"], outputChannels: [1]) }
  }
}
