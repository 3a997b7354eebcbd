import Evolution
import Proxies
import Statistics
import Support
import Synchronization
import Testing
import Torch

@Suite struct EvolutionSearchTests {
  private func options(generations: Int, seed: UInt64 = 1) -> EvolutionOptions {
    EvolutionOptions(populationSize: 20, generations: generations, seed: seed)
  }

  @Test(arguments: ["mul(abs(weight), abs(gradient))", "negate(to_std(weight))"])
  func findsTheFormulaBehindTheTruth(_ formula: String) throws {
    let problem = try SyntheticProblem.problem(formula: formula)
    var search = try EvolutionSearch(problem: problem, options: options(generations: 600))
    try search.run(threads: 2)
    let chosen = try #require(search.chosen())
    #expect(chosen.validation > 0.95)
    let test = problem.correlation(layerScores: chosen.layerScores, at: problem.split.test, topShares: [1])
    #expect(try #require(test) > 0.9)
  }

  @Test func theBestFitnessNeverFallsAndCountsAddUp() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(problem: problem, options: options(generations: 120))
    try search.run(threads: 2)
    let state = search.state
    #expect(state.generation == 120)
    #expect(state.history.map(\.generation) == Array(1...120))
    #expect(state.population.count == 20)
    #expect(zip(state.history, state.history.dropFirst()).allSatisfy { $0.best <= $1.best })
    // A generation looks at an offspring and a fresh individual.
    #expect(zip(state.history, state.history.dropFirst()).allSatisfy { $1.evaluations - $0.evaluations == 2 })
    #expect(state.history.last?.evaluations == state.evaluations)
    #expect(state.rejections.values.reduce(0, +) < state.evaluations)
    #expect(state.rejections["not_finite"] ?? 0 > 0)
  }

  @Test func theHallOfFameHoldsEachFormulaOnceFromTheBestDown() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(problem: problem, options: options(generations: 150))
    try search.run(threads: 2)
    let members = search.state.hallOfFame.members
    #expect(members.count == 20)
    #expect(Set(members.map(\.structure.proxy)).count == members.count)
    #expect(members.map(\.fitness) == members.map(\.fitness).sorted(by: >))
    for member in members {
      let scores = try problem.evaluator.layerScores(member.structure.proxy).get()
      #expect(
        problem.correlation(layerScores: scores, at: problem.split.search, topShares: [0.2, 0.5, 1])
          == member.fitness)
    }
  }

  @Test func theSeedDecides() throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    func state(seed: UInt64, threads: Int) throws -> SearchState {
      var search = try EvolutionSearch(problem: problem, options: options(generations: 80, seed: seed))
      try search.run(threads: threads)
      return search.state
    }
    let reference = try state(seed: 5, threads: 1)
    #expect(try state(seed: 5, threads: 2) == reference)
    #expect(try state(seed: 5, threads: 5) == reference)
    #expect(try state(seed: 6, threads: 1) != reference)
  }

  @Test func onlyTheGivenInputsAreUsed() throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    var few = options(generations: 100)
    few.inputs = [.weight, .hessian]
    var search = try EvolutionSearch(problem: problem, options: few)
    try search.run(threads: 2)
    for individual in search.state.population + search.state.hallOfFame.members {
      #expect(individual.structure.proxy.expression.statistics.isSubset(of: [.weight, .hessian]))
    }
  }

  @Test func stopsWhenAskedToAndSaves() throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    var search = try EvolutionSearch(problem: problem, options: options(generations: 500))
    let reported = Mutex(0)
    var saved: [Int] = []
    try search.run(
      threads: 1, progress: { progress in reported.withLock { $0 = progress.completed } },
      isCancelled: { reported.withLock { $0 } >= 7 }, save: { saved.append($0.generation) })
    #expect(search.state.generation == 7)
    #expect(saved == [7])
  }

  @Test func fewConfigurationsAreRefused() throws {
    let statistics = try SyntheticProblem.statistics()
    let bits = SyntheticProblem.configurations(count: 15)
    let error = #expect(throws: EvolutionError.self) {
      try SearchProblem(statistics: statistics, weightBits: bits, truth: bits.map { Double($0[0]) }, seed: 1)
    }
    #expect(error?.description.contains("15 configurations") == true)
  }

  @Test func configurationsOfAnotherNetworkAreRefused() throws {
    let statistics = try SyntheticProblem.statistics()
    let bits = SyntheticProblem.configurations(count: 20).map { Array($0.dropLast()) }
    let error = #expect(throws: EvolutionError.self) {
      try SearchProblem(statistics: statistics, weightBits: bits, truth: bits.map { Double($0[0]) }, seed: 1)
    }
    #expect(error?.description.contains("8 layers") == true)
  }

  @Test(arguments: [
    (EvolutionOptions(populationSize: 1), "--population"),
    (EvolutionOptions(generations: -1), "--generations"),
    (EvolutionOptions(sampleRatio: 0), "--sample-ratio"),
    (EvolutionOptions(sampleRatio: .nan), "--sample-ratio"),
    (EvolutionOptions(crossoverProbability: 1.5), "--crossover"),
    (EvolutionOptions(mutationProbability: -0.5), "--mutation"),
    (EvolutionOptions(inputs: []), "no statistics"),
  ])
  func optionsThatMakeNoSenseAreNamed(_ options: EvolutionOptions, _ name: String) throws {
    let error = #expect(throws: EvolutionError.self) { try options.validate() }
    #expect(error?.description.contains(name) == true)
    #expect(error?.kind == .usage)
  }
}
