import Allocation
import BitModel
import Foundations
import TestSupport
import Testing

extension Resource {
  /// Parameters that are kept at more than 4 bits.
  fileprivate static let wideParameters = Resource(
    name: "wide", units: ["": 1, "k": 1e3],
    display: Display(key: "wide_parameters", label: "wide parameters"), example: "wide=100k", isWhole: true,
    cost: .sum(referenceBits: 8) { costs, layer, choice in
      choice.weightBits > 4 ? Double(costs.model.layers[layer].parameters) : 0
    })

  /// Energy by what a multiplication takes at its bits, in nanojoules.
  fileprivate static let energy = Resource(
    name: "energy", units: ["nj": 1, "uj": 1e3],
    display: Display(key: "energy_uj", label: "μJ", factor: 1e3), example: "energy=2uJ",
    cost: .sum(referenceBits: 8) { costs, layer, choice in
      Double(costs.model.layers[layer].macs)
        * (0.013 * Double(choice.weightBits) + 0.0021 * Double(choice.activationBits))
    })
}

@Suite("Resources")
struct ResourceTests {
  private let resources = Resource.registered + [.wideParameters, .energy]

  private func space(_ stream: inout RandomStream) throws -> AllocationSpace {
    let layers = (0..<5).map {
      LayerCost(
        name: "l\($0)", parameters: 1 + stream.integer(below: 900), macs: 1 + stream.integer(below: 900))
    }
    return try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 4, 6, 8], activationBits: [8])
  }

  @Test("one that is made elsewhere is read, bounds an exact choice and is reported", arguments: 0..<10)
  func added(index: Int) throws {
    var stream = RandomStream(seed: 6, purpose: "resources", index: UInt64(index))
    let space = try space(&stream)
    let budgets = try ["wide=40%", "energy=0.21uJ", "energy=70%"].map {
      try Budget(parsing: $0, resources: resources)
    }
    let total = space.costs.model.layers.reduce(0) { $0 + $1.parameters }
    let bounds = try space.bounds(budgets)
    #expect(bounds.map(\.resource) == [.wideParameters, .energy])
    #expect(bounds[0].bound == (Double(total) * 0.4).rounded(.down))
    let values = space.choices.map { $0.map { Double($0.weightBits) * (0.5 + stream.uniform()) } }
    let exact = try ExactAllocation(space: space, bounds: bounds)
    guard let best = try space.bruteForce(values, within: bounds) else {
      #expect { _ = try exact.best(values: values) } throws: { "\($0)".contains("μJ is below the least") }
      return
    }
    let allocation = try exact.best(values: values)
    #expect(abs(allocation.score - best) < 1e-9 && allocation.isProvenOptimal)
    let file = try BitsFile(proxy: "p", budgets: budgets, costs: space.costs, allocation: allocation)
    let wide = zip(space.costs.model.layers, allocation.configuration).reduce(0) {
      $0 + ($1.1.weightBits > 4 ? $1.0.parameters : 0)
    }
    #expect(file.amount(of: .wideParameters) == Double(wide))
    #expect(file.amount(of: .activationMemory) == nil)
    try TestFiles.withFolder { folder in
      try file.write(to: "\(folder)/bits.json")
      #expect(try BitsFile(contentsOf: "\(folder)/bits.json") == file)
    }
  }

  @Test("one that is made elsewhere can be swept")
  func swept() throws {
    var stream = RandomStream(seed: 9, purpose: "resources")
    let space = try space(&stream)
    let values = space.choices.map { $0.map { Double($0.weightBits) } }
    let points = try ParetoFront.sweep(.energy, in: space, within: [], count: 6) {
      try ExactAllocation(space: space, bounds: $0).best(values: values)
    }
    let found = try #require(points)
    #expect(found.count > 3 && found.map(\.cost) == found.map(\.cost).sorted())
    #expect(found.last?.allocation.configuration.weightBits == [8, 8, 8, 8, 8])
  }

  @Test("forms of what may be named are listed where a budget cannot be read")
  func forms() {
    #expect { _ = try Budget(parsing: "energy=3", resources: resources) } throws: {
      "\($0)".contains("25%") && "\($0)".contains("energy=2uJ")
    }
    #expect { _ = try Budget(parsing: "energy=3bits", resources: resources) } throws: {
      $0 is AllocationError
    }
    #expect(throws: AllocationError.self) { _ = try Budget(parsing: "energy=3nJ") }
  }

  @Test("registered ones have names, columns and units of their own")
  func registered() {
    #expect(Set(Resource.registered.map(\.name)).count == Resource.registered.count)
    #expect(Set(Resource.registered.map(\.display.key)).count == Resource.registered.count)
    #expect(Resource.registered.map(\.name) == ["size", "bitops", "activations", "latency", "file"])
    #expect(Resource.size.described(8 * 1_048_576 * 1.5) == "1.5 MiB")
    #expect(Resource.bitOperations.described(1.23456e9, rounding: .up) == "1.2346 G BitOps")
    #expect(Resource.latency.described(1234.4) == "1234 ms")
  }
}
