import BitModel
import Evolution
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

@Suite("Search over formulas of responses")
struct ResponseSearchTests {
  private static let costs = CostModel(
    layers: (0..<8).map { LayerCost(name: "layer \($0)", parameters: 10, macs: 100) })

  /// Responses with directions of their own, and a truth that a formula of the space ranks by.
  private static func problem(_ truth: String, seed: UInt64 = 1) throws -> SearchProblem {
    let choices = costs.layers.indices.map { layer in
      OuterLayers.isOuter(layer, of: costs)
        ? [BitChoice(weightBits: 8)] : [2, 3, 4].map { BitChoice(weightBits: $0) }
    }
    let plan = try ResponsePlan(costs: costs, choices: choices, background: .uniform(3), window: nil)
    let (images, classes) = (24, 4)
    var stream = RandomStream(seed: seed, purpose: "synthetic responses")
    func random(_ scale: Double) -> [Double] {
      (0..<images * classes).map { _ in scale * (stream.uniform() - 0.5) }
    }
    let reference = random(6)
    let changes = plan.alternatives.map { $0.map { _ in random(1.5) } }
    let outputs = plan.runs.flatMap { run -> [Double] in
      var values = reference
      for change in run { values = zip(values, changes[change.layer][change.alternative]).map(+) }
      return run.count == 2 ? zip(values, random(0.8)).map(+) : values
    }
    let table = ResponseTable(
      rounding: "", calibration: "", plan: plan,
      reference: try Tensor(reference.map(Float.init), shape: [images, classes]),
      outputs: try Tensor(outputs.map(Float.init), shape: [plan.runCount, images, classes]))
    let inputs = ProxyInputs(NetworkStatistics(costs: costs, tensors: [:], responses: [table]))
    let configurations = (0..<160).map { _ in
      BitConfiguration(choices.map { $0[stream.integer(below: $0.count)] })
    }
    let values = try EvolvedProxy(parsing: truth).scores(inputs).scores(configurations)
    return try SearchProblem([
      BenchmarkProblem(name: "synthetic", inputs: inputs, configurations: configurations, truth: values)
    ])
  }

  private func options(_ change: (inout EvolutionOptions) -> Void = { _ in }) -> EvolutionOptions {
    var options = EvolutionOptions(generations: 40)
    options.populationSize = 12
    options.hallOfFameSize = 10
    options.fitness = .rho
    change(&options)
    return options
  }

  @Test("finds a formula that ranks as the truth does, better than what adds layers up")
  func finds() throws {
    let problem = try Self.problem("output_divergence(superposed(response, 0.6), 0.7)")
    let space = try SearchSpace(ofResponsesIn: problem)
    var search = try EvolutionSearch(
      problem: problem, space: space, options: options { $0.generations = 120 })
    try search.run(threads: 2)
    let chosen = try #require(try search.chosen(threads: 2).first)
    #expect(try #require(chosen.correlations[.test]) > 0.97)
    let added = try #require(
      problem.correlation(
        EvolvedProxy(parsing: "shrunk(output_divergence(superposed(response)), 1)"), on: .test))
    #expect(added < 0.9)
    for member in search.hallOfFame.members {
      let text = member.genome.proxy.description
      #expect(try EvolvedProxy(parsing: text) == member.genome.proxy)
      #expect(problem.correlation(member.genome.proxy, .rho, on: .search) == member.fitness)
    }
  }

  @Test(
    "gives the same for any number of threads, and resumed in between",
    arguments: [(ParentSelection.tournament, 1), (.lexicase, 3)])
  func deterministic(_ selection: ParentSelection, _ interval: Int) throws {
    func options(_ change: (inout EvolutionOptions) -> Void) -> EvolutionOptions {
      self.options {
        $0.selection = selection
        $0.diversityInterval = interval
        change(&$0)
      }
    }
    let problem = try Self.problem("reverse_divergence(superposed(response, 0.4))")
    let space = try SearchSpace(ofResponsesIn: problem)
    let two = options { $0.islands = 2 }
    var whole = try EvolutionSearch(problem: problem, space: space, options: two)
    try whole.run(threads: 1)
    var parts = try EvolutionSearch(
      problem: problem, space: space, options: options { ($0.islands, $0.generations) = (2, 25) })
    try parts.run(threads: 2)
    let saved = try JSONDecoder().decode(SearchState.self, from: JSONEncoder().encode(parts.state))
    var resumed = try EvolutionSearch(problem: problem, space: space, options: two, state: saved)
    try resumed.run(threads: 2)
    #expect(resumed.state == whole.state)
  }

  @Test(
    "scores of a search are those of the proxy",
    arguments: [
      "output_divergence(superposed(response))", "cosine_distance(superposed(response, 0.7, 2), 0.5)",
      "shrunk(margin_lost(temper(superposed(clip(response, 0.4), 0.3), 2)), 0.4)",
      "disagreement(probabilities(superposed(signed_root(center(response)), 0.5, 3)))",
    ])
  func scores(_ text: String) throws {
    let problem = try Self.problem("output_divergence(superposed(response, 0.6))").benchmarks[0]
    let proxy = try ResponseProxy(parsing: text)
    let expected = try proxy.scores(problem.evaluator.inputs).scores(problem.configurations)
    let scorer = try ResponseScorer(problem.evaluator.inputs, configurations: problem.configurations)
    let found = try #require(scorer.scores(proxy))
    for (value, other) in zip(found, expected) { #expect(abs(value - other) < 1e-4 * max(1, abs(other))) }
    let few = try #require(scorer.selecting([5, 3, 77]).scores(proxy))
    #expect(zip(few, [5, 3, 77]).allSatisfy { abs($0 - found[$1]) < 1e-6 })
  }

  @Test("constants are tuned, also where a power becomes 1")
  func tuning() throws {
    let genome = Genome(
      try ResponseProxy(parsing: "shrunk(output_divergence(temper(superposed(response, 0.3), 3), 0.67), 0.5)")
    )
    // The nearer all constants are to these, the fitter.
    let wanted = [0.9, 1.0, 0.1, 1.0]
    var powers: Set<Double> = []
    let tuned = ConstantTuning(evaluations: 400).tuned(genome, fitness: -100) { candidate in
      guard let formula = candidate.response else { return nil }
      powers.insert(formula.power)
      let values = [
        formula.interactionWeight, formula.power, formula.shrinkage, formula.outputSteps[0].constant,
      ]
      return RankingOutcome(
        fitness: -zip(values, wanted).reduce(0) { $0 + abs(log($1.0 / $1.1)) }, fingerprint: 0)
    }
    let found = try #require(tuned?.genome.response)
    #expect(powers.contains(1) && abs(found.power - 1) < 0.05)
    #expect(abs(log(found.interactionWeight / 0.9)) < 0.05 && abs(log(found.shrinkage / 0.1)) < 0.05)
  }
}
