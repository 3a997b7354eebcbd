import Allocation
import BitModel
import Foundations
import Testing

/// A random network with every kind of cost, small enough to try all of its configurations.
private struct SmallCase {
  let space: AllocationSpace
  let values: [[Double]]
  let bounds: [ResourceBound]

  init(index: Int) throws {
    var stream = RandomStream(seed: 8, purpose: "allocation", index: UInt64(index))
    let count = 2 + stream.integer(below: 4)
    let layers = (0..<count).map {
      LayerCost(
        name: "l\($0)", parameters: 1 + stream.integer(below: 500), macs: 1 + stream.integer(below: 900))
    }
    // A chain in which some buffers have two readers and are alive over several layers.
    var buffers: [ActivationMemory.Buffer] = []
    var moments: [Set<Int>] = []
    for layer in 0..<count {
      let readers = layer + 1 < count && stream.uniform() < 0.5 ? [layer, layer + 1] : [layer]
      buffers.append(.init(elements: 1 + stream.integer(below: 300), readers: readers))
      moments.append(layer > 0 ? [layer - 1, layer] : [layer])
    }
    buffers.append(.init(elements: 1 + stream.integer(below: 100), readers: []))
    moments.append([count - 1, count])
    var table = "layer,weight_bits,activation_bits,milliseconds\n"
    for layer in 0..<count {
      for weight in [2, 4, 5] {
        for activation in [4, 8] {
          table += "l\(layer),\(weight),\(activation),\(stream.uniform())\n"
        }
      }
    }
    let costs = NetworkCosts(
      model: CostModel(layers: layers), memory: ActivationMemory(buffers: buffers, moments: moments),
      latency: try LatencyTable(table, source: "table"))
    let ties = stream.uniform() < 0.3 ? [[0, count - 1]] : []
    let space = try AllocationSpace(costs: costs, weightBits: [2, 4, 5], activationBits: [4, 8], ties: ties)
    self.space = space
    values = space.choices.map { $0.map { _ in stream.uniform() * 10 - 4 } }
    // Bounds between the costs of two random configurations, so that some are tight and some cannot be kept.
    let resources = Resource.allCases.filter { _ in stream.uniform() < 0.6 }
    bounds = try resources.map { resource in
      let random = space.configuration(space.choices.map { stream.integer(below: $0.count) })
      return ResourceBound(resource, try space.costs.cost(resource, of: random))
    }
  }

  /// The greatest sum of values of all choices that keep the bounds; nil where none does.
  func bruteForce() throws -> Double? {
    var best: Double?
    let total = space.choices.reduce(1) { $0 * $1.count }
    for code in 0..<total {
      var (rest, value) = (code, 0.0)
      let positions = space.choices.enumerated().map { group, choices in
        defer { rest /= choices.count }
        value += values[group][rest % choices.count]
        return rest % choices.count
      }
      if value > best ?? -.infinity, try space.keeps(bounds, space.configuration(positions)) { best = value }
    }
    return best
  }
}

@Suite("Allocation")
struct AllocationTests {
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

  @Test("mutation and selection come near to brute force, and never break a budget", arguments: 0..<40)
  func evolutionary(index: Int) throws {
    let small = try SmallCase(index: index)
    guard let best = try small.bruteForce() else { return }
    let search = EvolutionaryAllocation(space: small.space, bounds: small.bounds, seed: 1)
    let table = Dictionary(
      uniqueKeysWithValues: zip(small.space.choices, small.values).enumerated().flatMap { group, lists in
        zip(lists.0, lists.1).map { (["\(group)", "\($0.weightBits)", "\($0.activationBits)"], $1) }
      })
    func score(_ configuration: BitConfiguration) -> Double? {
      small.space.groups.enumerated().reduce(0) { sum, group in
        let layer = group.element[0]
        let key = [
          "\(group.offset)", "\(configuration.weightBits[layer])", "\(configuration.activationBits[layer])",
        ]
        return sum + (table[key] ?? .nan)
      }
    }
    let allocation = try search.best(start: [], score: score)
    #expect(try small.space.keeps(small.bounds, allocation.configuration))
    #expect(abs(allocation.score - best) < 1e-9)
    #expect(allocation.gap == nil && allocation.method == .evolutionary)
    #expect(try search.best(start: [], score: score) == allocation)
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
    #expect(gap >= 0 && allocation.score + gap <= bounds[0].bound * (1 + 1e-6))
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

  @Test("tied layers with different fixed bits are refused, as are impossible candidates")
  func badSpaces() {
    let costs = NetworkCosts(
      model: CostModel(layers: ["a", "b"].map { LayerCost(name: $0, parameters: 1, macs: 1) }))
    #expect {
      _ = try AllocationSpace(
        costs: costs, weightBits: [2], activationBits: [8],
        fixed: [0: .init(weightBits: 8), 1: .init(weightBits: 4)], ties: [[0, 1]])
    } throws: { "\($0)".contains("layers a and b are tied, but fixed to 8 and 4") }
    for (weights, activations) in [([1], [8]), ([], [8]), ([2], [9]), ([2], [])] {
      #expect(throws: AllocationError.self) {
        _ = try AllocationSpace(costs: costs, weightBits: weights, activationBits: activations)
      }
    }
  }
}
