import BitModel
import Evolution
import Foundation
import Proxies
import Synchronization
import Testing

@Suite struct EvolutionSearchTests {
  private func options(
    generations: Int, seed: UInt64 = 1, change: (inout EvolutionOptions) -> Void = { _ in }
  ) -> EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = 20
    options.generations = generations
    options.hallOfFameSize = 30
    options.seed = seed
    change(&options)
    return options
  }

  @Test(arguments: [
    ("mul(abs(weight), abs(gradient))", Structure.branched), ("negate(to_std(weight))", .sequential),
    ("add(abs(weight), abs(gradient))", .dag),
  ])
  func findsTheFormulaBehindTheTruth(_ formula: String, _ structure: Structure) throws {
    let problem = try SyntheticProblem.problem(formula: formula)
    var search = try EvolutionSearch(
      problem: problem, space: SearchSpace(shape: StructureShape(structure)),
      options: options(generations: 1500))
    try search.run(threads: 2)
    let chosen = try #require(try search.chosen(threads: 2).first)
    #expect(try #require(chosen.correlations[.validation]) > 0.95)
    #expect(try #require(chosen.correlations[.test]) > 0.9)
  }

  @Test func findsWhatRoundingDoesAndHowLayersAddUp() throws {
    let problem = try SyntheticProblem.problem(formula: "layer_max(mul(divergence, weight_error))")
    var search = try EvolutionSearch(
      problem: problem, space: SyntheticProblem.extendedSpace(problem), options: options(generations: 2000))
    try search.run(threads: 2)
    let chosen = try #require(try search.chosen(threads: 2).first)
    #expect(try #require(chosen.correlations[.test]) > 0.9)
    #expect(try #require(chosen.proxy.layerFormula).expression.dependsOnBits)
  }

  @Test func countsAddUp() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(problem: problem, options: options(generations: 120))
    try search.run(threads: 2)
    let state = search.state
    #expect(state.generation == 120)
    #expect(state.history.map(\.generation) == Array(1...120))
    #expect(state.islands.allSatisfy { $0.population.count == 20 })
    #expect(zip(state.history, state.history.dropFirst()).allSatisfy { $0.best <= $1.best })
    #expect(state.history.last?.evaluations == state.evaluations)
    #expect(state.history.last?.candidates == state.candidates)
    // Every candidate was turned away somewhere, or evaluated and kept.
    let rejections = state.rejections
    let late = (rejections[.knownRanks] ?? 0) + (rejections[.constantOverConfigurations] ?? 0)
    #expect(state.candidates == state.evaluations - late + rejections.values.reduce(0, +))
    for stage in [CompatibilityScreening.Stage.knownForm, .formula, .notFinite, .constantOverLayers, .poor] {
      #expect(rejections[stage] ?? 0 > 0, "\(stage)")
    }
  }

  @Test func withoutChecksNobodyIsTurnedAwayForThem() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(
      problem: problem,
      options: options(generations: 200) {
        $0.checksEquivalence = false
        $0.rejectsEarly = false
      })
    try search.run(threads: 2)
    let stages = Set(search.state.rejections.keys)
    #expect(stages.isDisjoint(with: [.knownForm, .knownRanks, .formula, .poor]))
    #expect(stages.contains(.notFinite))
  }

  @Test func populationsHoldNothingTwiceWhereEquivalenceIsChecked() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(
      problem: problem, options: options(generations: 300) { $0.islands = 2 })
    try search.run(threads: 2)
    for island in search.state.islands {
      let forms = island.population.compactMap { $0.genome.proxy.layerFormula?.canonical }
      #expect(Set(forms).count == forms.count)
    }
  }

  @Test func theHallOfFameHoldsEachBehaviourOnceFromTheBestDown() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    var search = try EvolutionSearch(problem: problem, options: options(generations: 150))
    try search.run(threads: 2)
    let members = search.hallOfFame.members
    #expect(members.count == 30)
    #expect(Set(members.compactMap { $0.genome.proxy.layerFormula?.canonical }).count == members.count)
    #expect(members.map(\.fitness) == members.map(\.fitness).sorted(by: >))
    for member in members {
      #expect(problem.correlation(member.genome.proxy, .paper, on: .search) == member.fitness)
    }
    let front = search.state.paretoFront.members
    #expect(front.map(\.fitness) == front.map(\.fitness).sorted())
    #expect(front.map(\.genome.proxy.complexity) == front.map(\.genome.proxy.complexity).sorted())
    #expect(front.last?.fitness == members.first?.fitness)
  }

  @Test(arguments: [1, 3])
  func theSeedDecides(_ islands: Int) throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    func state(seed: UInt64, threads: Int) throws -> SearchState {
      var search = try EvolutionSearch(
        problem: problem, options: options(generations: 80, seed: seed) { $0.islands = islands })
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
    let inputs: [FormulaInput] = [.statistic(.weight), .statistic(.hessian)]
    var search = try EvolutionSearch(
      problem: problem, space: SearchSpace(inputs: inputs), options: options(generations: 100))
    try search.run(threads: 2)
    for individual in search.state.islands.flatMap(\.population) + search.hallOfFame.members {
      #expect(try #require(individual.genome.proxy.layerFormula).expression.inputs.isSubset(of: inputs))
    }
  }

  @Test func warmStartsJoinThePopulation() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    let space = SearchSpace()
    let genome = try #require(space.genome(of: Proxy(parsing: "mul(abs(weight), abs(gradient))")))
    var search = try EvolutionSearch(
      problem: problem, space: space, options: options(generations: 0), warmStart: [genome])
    try search.run(threads: 1)
    #expect(search.hallOfFame.members.first?.fitness == 1)
  }

  @Test(arguments: HandcraftedProxy.all.compactMap { $0.asFormula?.layerFormula })
  func handcraftedFormulasAreGenomes(_ proxy: Proxy) throws {
    let space = SearchSpace(
      shape: StructureShape(.branched, chainLength: 3), inputs: FormulaInput.all,
      aggregations: Aggregation.allCases)
    guard let genome = space.genome(of: proxy) else {
      // Reductions of a join are not branched.
      #expect(proxy.description.hasPrefix("to_sum(mul("))
      return
    }
    #expect(genome.isWhole)
    #expect(genome.proxy.layerFormula?.canonical == proxy.canonical)
  }

  @Test func rulesStopASearch() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    func stopped(_ change: (inout EvolutionOptions) -> Void) throws -> SearchState {
      var search = try EvolutionSearch(problem: problem, options: options(generations: 5000, change: change))
      try search.run(threads: 1)
      return search.state
    }
    #expect(try (300..<450).contains(stopped { $0.maximumEvaluations = 300 }.evaluations))
    let target = try stopped { $0.targetFitness = 0.6 }
    #expect(target.history.last?.best ?? 0 >= 0.6 && target.generation < 5000)
    let patient = try stopped { $0.patience = 50 }
    #expect(patient.generation < 5000)
    #expect(patient.history[patient.generation - 51].best == patient.history.last?.best)
  }

  @Test func stopsWhenAskedToAndSaves() throws {
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    var search = try EvolutionSearch(
      problem: problem, options: options(generations: 500) { $0.migrationInterval = 7 })
    let reported = Mutex(0)
    var saved: [Int] = []
    try search.run(
      threads: 1, progress: { progress in reported.withLock { $0 = progress.completed } },
      isCancelled: { reported.withLock { $0 } >= 7 }, save: { saved.append($0.generation) })
    #expect(search.state.generation == 7)
    #expect(saved == [0, 7])
    #expect(!search.isFinished)
  }

  @Test func severalBenchmarksAreRankedTogether() throws {
    let first = try SyntheticProblem.benchmark(formula: "abs(weight)")
    let second = try SyntheticProblem.benchmark(formula: "negate(abs(gradient))", seed: 2)
    let proxy = try EvolvedProxy(parsing: "abs(weight)")
    let values = [first, second].map { $0.correlation(proxy, at: $0.split.test) ?? .nan }
    #expect(values[0] > 0.999 && values[1] < 0)
    let least = try SearchProblem([first, second], combination: .minimum).correlation(proxy, on: .test)
    #expect(least == values.min())
    let mean = try SearchProblem([first, second]).correlation(proxy, on: .test)
    #expect(try abs(#require(mean) - (values[0] + values[1]) / 2) < 1e-12)
  }

  @Test func fewConfigurationsAreRefused() throws {
    let configurations = SyntheticProblem.configurations(count: 15)
    let inputs = try SyntheticProblem.inputs()
    let error = #expect(throws: EvolutionError.self) {
      try BenchmarkProblem(
        name: "b", inputs: inputs, configurations: configurations,
        truth: configurations.map { Double($0.weightBits[0]) }, seed: 1)
    }
    #expect(error?.description.contains("15 configurations") == true)
  }

  @Test func configurationsOfAnotherNetworkAreRefused() throws {
    let configurations = SyntheticProblem.configurations(count: 20).map {
      BitConfiguration(weightBits: Array($0.weightBits.dropLast()), activationBits: 8)
    }
    let inputs = try SyntheticProblem.inputs()
    let error = #expect(throws: EvolutionError.self) {
      try BenchmarkProblem(
        name: "b", inputs: inputs, configurations: configurations,
        truth: configurations.map { Double($0.weightBits[0]) }, seed: 1)
    }
    #expect(error?.description.contains("8 layers") == true)
  }

  static let senseless: [(name: String, change: @Sendable (inout EvolutionOptions) -> Void)] = [
    ("population size", { $0.populationSize = 1 }), ("number of generations", { $0.generations = -1 }),
    ("sample ratio", { $0.sampleRatio = 0 }), ("sample ratio", { $0.sampleRatio = .nan }),
    ("crossover probability", { $0.crossoverProbability = 1.5 }),
    ("mutation probability", { $0.mutationProbability = -0.5 }),
    ("number of islands", { $0.islands = 0 }), ("size of the hall of fame", { $0.hallOfFameSize = 0 }),
    ("migration interval", { $0.migrationInterval = 0 }),
    ("greatest number of evaluations", { $0.maximumEvaluations = 0 }),
    ("patience", { $0.patience = 0 }), ("number of attempts", { $0.attempts = 0 }),
  ]

  @Test(arguments: senseless.indices)
  func optionsThatMakeNoSenseAreNamed(_ index: Int) throws {
    let (name, change) = Self.senseless[index]
    let error = #expect(throws: EvolutionError.self) {
      try options(generations: 1, change: change).validate()
    }
    #expect(error?.description.contains(name) == true)
    #expect(error?.kind == .usage)
  }
}
