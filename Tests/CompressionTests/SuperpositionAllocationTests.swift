import Allocation
import BitModel
import Compression
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

@Suite("Allocation by superposed outputs")
struct SuperpositionAllocationTests {
  /// A network with random responses and interactions, and a budget between its least and greatest size.
  private struct Case {
    let space: AllocationSpace
    let bounds: [ResourceBound]
    let scores: any ConfigurationScoring

    init(index: Int, layers count: Int? = nil, images: Int = 12, proxy: String? = nil) throws {
      var stream = RandomStream(seed: 21, purpose: "superposed network", index: UInt64(index))
      let count = count ?? 4 + stream.integer(below: 7)
      let costs = CostModel(
        layers: (0..<count).map {
          LayerCost(
            name: "l\($0)", parameters: 10 + stream.integer(below: 500), macs: 1 + stream.integer(below: 900))
        })
      let space = try AllocationSpace(of: costs)
      let plan = try ResponsePlan(
        costs: costs, choices: space.layerChoices, background: .uniform(3), window: nil)
      let size = images * 4
      func random(_ scale: Double) -> [Double] { (0..<size).map { _ in scale * (stream.uniform() - 0.5) } }
      let (reference, base) = (random(6), random(0.3))
      // Layers' errors have a direction of their own, so that some add and some cancel.
      let directions = (0..<count).map { _ in random(1.5) }
      var singles: [[[Double]]] = []
      for (layer, alternatives) in plan.alternatives.enumerated() {
        singles.append(
          alternatives.map { choice in
            let strength = choice.weightBits < 3 ? 1.0 : -0.3
            return zip(directions[layer], random(0.3)).map { strength * $0 + $1 }
          })
      }
      let outputs = plan.runs.flatMap { run -> [Double] in
        var values = zip(reference, base).map(+)
        for change in run { values = zip(values, singles[change.layer][change.alternative]).map(+) }
        return run.count == 2 ? zip(values, random(0.4)).map(+) : values
      }
      let table = ResponseTable(
        rounding: "", calibration: "", plan: plan,
        reference: try Tensor(reference.map(Float.init), shape: [images, 4]),
        outputs: try Tensor(outputs.map(Float.init), shape: [plan.runCount, images, 4]))
      let statistics = NetworkStatistics(costs: costs, tensors: [:], responses: [table])
      let formula =
        "shrunk(output_divergence(superposed(response, 0.5), 0.5), \(index % 3 == 0 ? 0.3 : 0.01))"
      scores = try ProxyCatalog.standard.proxy(proxy ?? formula).scores(ProxyInputs(statistics))
      let range = [2, 4].map { Double(costs.sizeInBits(costs.uniform($0))) }
      bounds = [ResourceBound(.size, range[0] + (range[1] - range[0]) * (0.1 + 0.8 * stream.uniform()))]
      self.space = space
    }

    /// All configurations within the bounds.
    func configurations() throws -> [BitConfiguration] {
      var all: [[Int]] = [[]]
      for choices in space.choices { all = all.flatMap { known in choices.indices.map { known + [$0] } } }
      return try all.map(space.configuration).filter { try space.keeps(bounds, $0) }
    }
  }

  @Test("is what brute force finds in 19 of 20 networks, and never worse by a hundredth of the range")
  func bruteForce() throws {
    let count = 200
    let results = try parallelMap(count: count, threads: 2) { index -> Double in
      let small = try Case(index: index)
      let scores = try small.scores.scores(small.configurations())
      let (best, worst) = (scores.max() ?? .nan, scores.min() ?? .nan)
      var allocator = try ProxyAllocator(space: small.space, scores: small.scores, seed: 1)
      allocator.exhaustiveLimit = 0
      let found = try allocator.best(within: small.bounds)
      #expect(try small.space.keeps(small.bounds, found.configuration))
      #expect(found.method == .localSearch && found.gap == nil)
      #expect(abs(found.score - (small.scores.score(found.configuration) ?? .nan)) < 1e-9)
      return (best - found.score) / max(best - worst, 1e-12)
    }
    #expect(results.allSatisfy { $0 < 0.01 }, "\(results.max() ?? .nan)")
    #expect(results.count { $0 < 1e-9 } >= count * 19 / 20, "\(results.count { $0 < 1e-9 })")
  }

  @Test("sums over pairs of layers are allocated exactly, as brute force finds", arguments: 0..<12)
  func pairwise(index: Int) throws {
    let small = try Case(index: index, layers: 4 + index % 5, proxy: "pairwise_divergence")
    let scores = try small.scores.scores(small.configurations())
    let found = try ProxyAllocator(space: small.space, scores: small.scores, seed: 1).best(
      within: small.bounds)
    #expect(found.method == .exact && found.isProvenOptimal)
    #expect(try small.space.keeps(small.bounds, found.configuration))
    #expect(abs(found.score - (scores.max() ?? .nan)) < 1e-6)
    #expect(found.score == small.scores.score(found.configuration))
  }

  @Test("few configurations are all scored, and the best one is proven")
  func exhaustive() throws {
    let small = try Case(index: 3, layers: 6)
    let best = try small.scores.scores(small.configurations()).max()
    let found = try ProxyAllocator(space: small.space, scores: small.scores, seed: 1).best(
      within: small.bounds)
    #expect(found.method == .exhaustive && found.isProvenOptimal)
    #expect(abs(found.score - (best ?? .nan)) < 1e-9)
  }

  @Test("fifty layers take seconds, and the same seed gives the same bits")
  func large() throws {
    let large = try Case(index: 5, layers: 52, images: 64)
    let allocator = try ProxyAllocator(space: large.space, scores: large.scores, seed: 1)
    let start = Date()
    let found = try allocator.best(within: large.bounds)
    // Two seconds on an idle machine; tests share theirs.
    #expect(Date().timeIntervalSince(start) < 20)
    #expect(try allocator.best(within: large.bounds) == found)
    #expect(try large.space.keeps(large.bounds, found.configuration))
  }
}
