import BitModel
import Foundation
import Foundations
import LayerStatistics
import Proxies
import RankStatistics
import Testing
import Torch

import Evolution

/// Ties, the configurations of early rejection, and run folders that were begun with other conventions.
@Suite struct SearchConventionsTests {
  /// A benchmark of layers with three weights each, whose mean is given but for rounding.
  private func benchmark(
    _ weights: [Float], configurations: [BitConfiguration], truth: [Double]
  ) throws -> BenchmarkProblem {
    let others = try SyntheticProblem.statistics()
    var tensors = others.tensors
    tensors[.weight] = try weights.map { try Tensor([$0, $0 / 2, $0 * 3 / 2], shape: [3]) }
    let statistics = NetworkStatistics(costs: others.costs, tensors: tensors)
    return try BenchmarkProblem(
      name: "weights", inputs: ProxyInputs(statistics), configurations: configurations, truth: truth, seed: 1)
  }

  private func layers(_ configurations: [BitConfiguration], reversed: Bool) -> [BitConfiguration] {
    configurations.map {
      BitConfiguration(
        weightBits: reversed ? $0.weightBits.reversed() : $0.weightBits, activationBits: 8)
    }
  }

  /// The same network with its layers from the last to the first, which adds them up in another order.
  private func orders() throws -> [BenchmarkProblem] {
    let configurations = SyntheticProblem.configurations(count: 160)
    let weights: [Float] = [0.1, 0.1, 0.7, 0.1, 0.7, 0.3, 0.3, 0.7]
    let truth = configurations.enumerated().map { index, configuration in
      var stream = RandomStream(seed: 2, purpose: "truth", index: UInt64(index))
      return Double(configuration.weightBits.reduce(0, +)) + 6 * stream.uniform()
    }
    return try [
      benchmark(weights, configurations: configurations, truth: truth),
      benchmark(
        weights.reversed(), configurations: layers(configurations, reversed: true), truth: truth),
    ]
  }

  private static let measures: [FitnessMeasure] = [
    .paper, .rho, .spearman(atTop: [0.3]), .trueSpearman(atTop: [0.5, 1]), .kendall, .pearson,
  ]

  @Test(arguments: measures)
  func fitnessDoesNotDependOnTheOrderOfASum(_ measure: FitnessMeasure) throws {
    let proxy = try EvolvedProxy(parsing: "weight")
    let orders = try orders()
    func values(_ conventions: SearchConventions) throws -> [Double] {
      try orders.map {
        try #require($0.following(conventions).correlation(proxy, measure, at: Array($0.truth.indices)))
      }
    }
    let joined = try values(SearchConventions())
    #expect(abs(joined[0] - joined[1]) < 1e-12)
    guard measure != .pearson else { return }
    let byPosition = try values(.earlier)
    #expect(abs(byPosition[0] - byPosition[1]) > 1e-6)
  }

  @Test func fingerprintsDoNotDependOnTheOrderOfASum() throws {
    let proxy = try EvolvedProxy(parsing: "weight")
    func fingerprints(_ conventions: SearchConventions) throws -> [UInt64] {
      try orders().map { benchmark in
        var ranking = try benchmark.following(conventions).ranking(.rho, at: benchmark.split.test)
        let outcome = ranking.outcome(try ranking.values(of: proxy).get())
        return try #require(outcome).fingerprint
      }
    }
    let joined = try fingerprints(SearchConventions())
    #expect(joined[0] == joined[1])
    let byPosition = try fingerprints(.earlier)
    #expect(byPosition[0] != byPosition[1])
  }

  /// ρ@k with equal scores taken by position, written out.
  private func byPosition(_ share: Double, _ scores: [Double], _ truth: [Double]) -> Double? {
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    let chosen = order.prefix(Int((Double(scores.count) * share).rounded()))
    func ranks(_ values: [Double]) -> [Double] {
      values.map { value in
        Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
      }
    }
    return RankCorrelation.correlation(ranks(chosen.map { scores[$0] }), ranks(chosen.map { truth[$0] }))
  }

  @Test func theEarlierConventionTakesEqualScoresByPosition() throws {
    for index in 0..<300 {
      var stream = RandomStream(seed: 8, purpose: "scores", index: UInt64(index))
      let levels = 2 + stream.integer(below: 30)
      let truth = (0..<50).map { _ in Double(stream.integer(below: 40)) }
      let scores = truth.map { _ in Double(stream.integer(below: levels)) * 0.1 + 1e-16 * stream.uniform() }
      for share in [0.2, 0.5, 1] {
        var kernel = RankingKernel(truth: truth, measure: .spearman(atTop: [share]), ties: .byPosition)
        let (found, expected) = (kernel.value(scores), byPosition(share, scores, truth))
        #expect((found == nil) == (expected == nil))
        if let found, let expected { #expect(abs(found - expected) < 1e-12) }
      }
    }
  }

  @Test func configurationsOfEarlyRejectionAreDrawn() throws {
    let search = (0..<50).map { 3 * $0 }
    var options = EvolutionOptions()
    let drawn = CandidateEvaluation.few(of: search, options, benchmark: 0)
    #expect(drawn.count == CandidateEvaluation.fewCount && Set(drawn).count == drawn.count)
    #expect(Set(drawn).isSubset(of: search) && drawn != Array(search.prefix(drawn.count)))
    #expect(CandidateEvaluation.few(of: search, options, benchmark: 0) == drawn)
    #expect(CandidateEvaluation.few(of: search, options, benchmark: 1) != drawn)
    #expect(CandidateEvaluation.few(of: Array(search.prefix(23)), options, benchmark: 0).isEmpty)
    options.seed = 2
    #expect(CandidateEvaluation.few(of: search, options, benchmark: 0) != drawn)
    options.conventions = .earlier
    #expect(CandidateEvaluation.few(of: search, options, benchmark: 0) == Array(search.prefix(12)))
  }

  @Test func aProxyOfTheFirstLayerIsNotTurnedAwayForTheOrderOfConfigurations() throws {
    // As benchmarks have them: the first of all have 2 bits in the first layer.
    let configurations = SyntheticProblem.configurations(count: 160).sorted {
      $0.weightBits.lexicographicallyPrecedes($1.weightBits)
    }
    let truth = configurations.map { Double($0.weightBits[0]) + 0.01 * Double($0.weightBits[1]) }
    let problem = try SearchProblem([
      benchmark([1, 0, 0, 0, 0, 0, 0, 0], configurations: configurations, truth: truth)
    ])
    let first = problem.benchmarks[0].split.search.prefix(12)
    #expect(first.allSatisfy { configurations[$0].weightBits[0] == 2 })
    let space = SearchSpace()
    let genome = try #require(space.genome(of: Proxy(parsing: "weight")))
    func search(_ conventions: SearchConventions) throws -> SearchState {
      var options = EvolutionOptions()
      options.populationSize = 4
      options.generations = 0
      options.fitness = .rho
      options.conventions = conventions
      var search = try EvolutionSearch(
        problem: problem, space: space, options: options, warmStart: [genome])
      try search.run(threads: 1)
      return search.state
    }
    func holds(_ state: SearchState) -> Bool {
      state.islands[0].population.contains { $0.genome == genome && $0.fitness > 0.9 }
    }
    #expect(try holds(search(SearchConventions())))
    #expect(try !holds(search(.earlier)))
  }

  @Test func optionsWithoutConventionsFollowTheEarlierOnes() throws {
    let encoded = try JSONEncoder().encode(EvolutionOptions())
    var object = try #require(try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    #expect(object.removeValue(forKey: "conventions") != nil)
    let options = try JSONDecoder().decode(
      EvolutionOptions.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(options.followed == .earlier)
    #expect(EvolutionOptions().followed == SearchConventions())
    #expect(try JSONDecoder().decode(EvolutionOptions.self, from: encoded) == EvolutionOptions())
  }
}
