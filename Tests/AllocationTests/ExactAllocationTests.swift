import Allocation
import BitModel
import Foundations
import Testing

@Suite("Exact allocation")
struct ExactAllocationTests {
  @Test(
    "equals brute force on random small cases with up to four budgets and tied layers", arguments: 0..<200)
  func bruteForce(index: Int) throws {
    let small = try SmallCase(index: index)
    let exact = try ExactAllocation(space: small.space, bounds: small.bounds)
    guard let best = try small.bruteForce() else {
      #expect {
        _ = try exact.best(values: small.values)
      } throws: { error in
        "\(error)".contains("the least") && (error as? AllocationError)?.kind == .usage
      }
      return
    }
    let allocation = try exact.best(values: small.values)
    #expect(try small.space.keeps(small.bounds, allocation.configuration))
    #expect(abs(allocation.score - best) < 1e-9)
    #expect(allocation.isProvenOptimal)
  }

  /// A network of 53 layers with 7 choices of weights each.
  private func large(_ seed: UInt64) throws -> (space: AllocationSpace, values: [[Double]]) {
    var stream = RandomStream(seed: seed, purpose: "large allocation")
    let layers = (0..<53).map {
      LayerCost(
        name: "l\($0)", parameters: 1000 + stream.integer(below: 500_000),
        macs: 10_000 + stream.integer(below: 50_000_000))
    }
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: Array(2...8), activationBits: [8])
    let values = layers.map { _ in
      let scale = stream.uniform()
      return (2...8).map { -scale * (0.8 + 0.4 * stream.uniform()) / Double(1 << (2 * $0)) }
    }
    return (space, values)
  }

  @Test("53 layers with 7 choices and 2 budgets are proven optimal within a tenth of a second")
  func largeProblems() throws {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for seed in 1...15 {
      let (space, values) = try large(UInt64(seed))
      let bounds = try space.bounds([Budget(parsing: "4bits"), Budget(parsing: "bitops=3.2%")])
      let exact = try ExactAllocation(space: space, bounds: bounds)
      var found: Allocation?
      times.append(try clock.measure { found = try exact.best(values: values) })
      let allocation = try #require(found)
      #expect(allocation.isProvenOptimal)
      #expect(try space.keeps(bounds, allocation.configuration))
      let size = try space.costs.cost(.size, of: allocation.configuration)
      let operations = try space.costs.cost(.bitOperations, of: allocation.configuration)
      #expect(size > bounds[0].bound * 0.99 || operations > bounds[1].bound * 0.99)
    }
    #expect(times.sorted()[7] < .milliseconds(100))
  }

  @Test("sums that nearly tie end with a gap that is said, not without end")
  func ties() throws {
    // Values proportional to sizes: every mixture of about the bound's size is as good as another.
    var stream = RandomStream(seed: 3, purpose: "ties")
    let layers = (0..<40).map {
      LayerCost(name: "l\($0)", parameters: 100_001 + 2 * stream.integer(below: 500_000), macs: 1)
    }
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 4, 8], activationBits: [8])
    let values = layers.map { layer in [2, 4, 8].map { Double($0 * layer.parameters) } }
    let bounds = try space.bounds([Budget(parsing: "3.3bits")])
    let exact = try ExactAllocation(space: space, bounds: bounds, nodeLimit: 500)
    let allocation = try exact.best(values: values)
    let gap = try #require(allocation.gap)
    #expect(gap > 0 && allocation.score + gap <= bounds[0].bound * (1 + 1e-6))
    #expect(allocation.score > bounds[0].bound * 0.999)
    #expect(try exact.best(values: values) == allocation)
  }

  @Test("what a budget falls short of is said for each resource")
  func infeasible() throws {
    let layers = [LayerCost(name: "a", parameters: 8_388_608, macs: 1_000_000_000)]
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 4], activationBits: [4, 8])
    func message(_ budgets: String...) throws -> String {
      let exact = try ExactAllocation(
        space: space, bounds: space.bounds(budgets.map { try Budget(parsing: $0) }))
      do {
        _ = try exact.best(values: space.choices.map { $0.map { _ in 1 } })
        return ""
      } catch { return "\(error)" }
    }
    #expect(try message("1MiB").contains("1.0 MiB is below the least possible, 2.0 MiB"))
    #expect(
      try message("1MiB", "bitops=1G").contains("1.0 G BitOps is below the least possible, 8.0 G BitOps"))
    #expect(try message("2MiB", "bitops=8G").isEmpty)
    // What is said to be the least is enough.
    let odd = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: [LayerCost(name: "a", parameters: 271_541, macs: 1)])),
      weightBits: [2], activationBits: [8])
    let exact = try ExactAllocation(space: odd, bounds: odd.bounds([Budget(parsing: "0.0647MiB")]))
    #expect {
      _ = try exact.best(values: [[1]])
    } throws: { error in
      let words = "\(error)".split(separator: " ")
      guard let place = words.firstIndex(of: "possible,"), place + 1 < words.count else { return false }
      let bounds = try odd.bounds([Budget(parsing: "\(words[place + 1])MiB")])
      return try ExactAllocation(space: odd, bounds: bounds).best(values: [[1]]).isProvenOptimal
    }
  }

  /// A network whose layers' times are given for 2, 4 and 8 bits.
  private func timed(_ times: [[Double]]) throws -> AllocationSpace {
    let rows = times.enumerated().flatMap { layer, times in
      zip([2, 4, 8], times).map { "l\(layer),\($0),8,\($1)" }
    }
    let table = try LatencyTable(
      (["layer,weight_bits,activation_bits,milliseconds"] + rows).joined(separator: "\n"), source: "t")
    let layers = times.indices.map { LayerCost(name: "l\($0)", parameters: 1, macs: 1) }
    return try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers), latency: table), weightBits: [2, 4, 8],
      activationBits: [8])
  }

  @Test("a choice just within the bound is not lost to one that exceeds it by less than the solver sees")
  func narrowly() throws {
    // The best choice exceeds the bound by 2·10⁻⁸ of it, the second keeps it by 10⁻⁹.
    let space = try timed([[0.3, 0.6 - 1e-9, 0.6 + 2e-8], [0.1, 0.4, 0.8]])
    let exact = try ExactAllocation(space: space, bounds: [ResourceBound(.latency, 1)])
    let allocation = try exact.best(values: [[1, 9, 10], [1, 5, 6]])
    #expect(allocation.configuration.weightBits == [4, 4])
    #expect(allocation.score == 14 && allocation.isProvenOptimal)
  }

  @Test(
    "costs that are no whole numbers equal brute force where many sums all but meet the bound",
    arguments: 0..<60)
  func unevenCosts(index: Int) throws {
    var stream = RandomStream(seed: 14, purpose: "uneven costs", index: UInt64(index))
    let distances = [0, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11]
    let times = (0..<6).map { _ in
      (1...3).map { step in
        let sign = stream.uniform() < 0.5 ? -1.0 : 1
        return 0.1 * Double(step + stream.integer(below: 2))
          + sign * distances[stream.integer(below: distances.count)]
      }
    }
    let space = try timed(times)
    // Values that follow the times, so that the best choices lie at the bound.
    let values = times.map { $0.map { $0 + 1e-3 * stream.uniform() } }
    let bounds = [ResourceBound(.latency, 0.1 * Double(9 + stream.integer(below: 8)))]
    let exact = try ExactAllocation(space: space, bounds: bounds)
    guard let best = try space.bruteForce(values, within: bounds) else {
      #expect(throws: AllocationError.self) { _ = try exact.best(values: values) }
      return
    }
    let allocation = try exact.best(values: values)
    #expect(try space.keeps(bounds, allocation.configuration))
    let gap = try #require(allocation.gap)
    #expect(allocation.score <= best + 1e-12 && allocation.score + gap >= best - 1e-9)
    #expect(gap == 0)
  }

  @Test(
    "bounds in percent that no whole number meets equal brute force", arguments: [7.3, 9.99, 12.51, 14.07])
  func percent(share: Double) throws {
    var stream = RandomStream(seed: 2, purpose: "percent", index: UInt64(share * 100))
    let layers = (0..<6).map {
      LayerCost(
        name: "l\($0)", parameters: 1 + stream.integer(below: 9999), macs: 1 + stream.integer(below: 99))
    }
    let space = try AllocationSpace(
      costs: NetworkCosts(model: CostModel(layers: layers)), weightBits: [2, 3, 4, 6], activationBits: [8])
    let values = space.choices.map { $0.map { _ in stream.uniform() } }
    let bounds = try space.bounds([Budget(parsing: "\(share)%"), Budget(parsing: "bitops=\(share / 3)%")])
    let allocation = try ExactAllocation(space: space, bounds: bounds).best(values: values)
    #expect(try allocation.score == space.bruteForce(values, within: bounds) && allocation.isProvenOptimal)
    #expect(try space.keeps(bounds, allocation.configuration))
  }

  @Test("any number of threads at once finds the same")
  func threads() async throws {
    let (space, values) = try large(7)
    let bounds = try space.bounds([Budget(parsing: "3bits")])
    let exact = try ExactAllocation(space: space, bounds: bounds)
    let alone = try exact.best(values: values)
    let together = try await withThrowingTaskGroup(of: Allocation.self) { group in
      for _ in 0..<8 { group.addTask { try exact.best(values: values) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(together.allSatisfy { $0 == alone })
  }
}
