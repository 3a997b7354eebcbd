import Proxies
import Support
import Torch

/// Evolves proxies by crossover, mutation and diversity-prompting selection (EMQ, section 3.3).
///
/// Each generation depends on nothing but the state before it and a random stream of its own, so a search that
/// was interrupted goes on to the same result, with any number of threads.
public struct EvolutionSearch: Sendable {
  /// What is optimized.
  public let problem: SearchProblem
  /// How.
  public let options: EvolutionOptions
  /// Where the search is.
  public private(set) var state: SearchState
  private var known: [String: Fitness] = [:]

  private enum Fitness: Sendable {
    case valid(Double)
    case invalid(String)
  }

  /// Makes a search at its beginning, or at a state that was saved.
  public init(problem: SearchProblem, options: EvolutionOptions, state: SearchState? = nil) throws {
    try options.validate()
    if let missing = options.inputs.first(where: { problem.evaluator.statistics.tensors[$0] == nil }) {
      throw EvolutionError("the statistic \(missing.rawValue) was not computed; leave it out or compute it")
    }
    try state?.validate(options)
    self.problem = problem
    self.options = options
    self.state = state ?? SearchState(hallOfFame: HallOfFame(size: options.hallOfFameSize))
  }

  /// Runs generations until there are enough or the user asks to stop.
  ///
  /// - Parameters:
  ///   - save: called with the state now and then, and at the end.
  /// - Throws: ``EvolutionError`` where no valid formulas are found to begin with.
  public mutating func run(
    threads: Int, progress: ProgressHandler? = nil, isCancelled: CancellationCheck = { false },
    save: (SearchState) throws -> Void = { _ in }
  ) throws {
    if state.population.isEmpty { try populate(threads: threads) }
    while state.generation < options.generations, !isCancelled() {
      let candidates = offspringAndFresh()
      let individuals = try evaluate(candidates, threads: threads)
      // Diversity-prompting selection: the better of the offspring and a fresh individual replaces the worst.
      if let winner = individuals.compactMap({ $0 }).max(by: { $0.fitness < $1.fitness }) {
        replaceWorst(by: winner)
      }
      endGeneration(progress)
      if state.generation % 100 == 0 { try save(state) }
    }
    try save(state)
  }

  private mutating func populate(threads: Int) throws {
    var attempt: UInt64 = 0
    let limit = UInt64(options.populationSize) * 1000
    while state.population.count < options.populationSize {
      guard attempt < limit else {
        throw EvolutionError(
          "\(limit) random formulas gave no population of \(options.populationSize) valid ones")
      }
      let batch = (0..<16).map { offset in
        var stream = RandomStream(
          seed: options.seed, purpose: "initial population", index: attempt + UInt64(offset))
        return BranchedStructure(inputs: options.inputs, using: &stream)
      }
      attempt += 16
      let valid = try evaluate(batch, threads: threads).compactMap { $0 }
      state.population += valid.prefix(options.populationSize - state.population.count)
    }
  }

  private func offspringAndFresh() -> [BranchedStructure] {
    var stream = RandomStream(seed: options.seed, purpose: "generation", index: UInt64(state.generation))
    func parent() -> BranchedStructure {
      selectParent(from: state.population, sampleRatio: options.sampleRatio, using: &stream).structure
    }
    var offspring = parent()
    let isCrossed = stream.uniform() < options.crossoverProbability
    if isCrossed { offspring = BranchedStructure.crossover(offspring, parent(), using: &stream) }
    if stream.uniform() < options.mutationProbability || !isCrossed {
      offspring = offspring.mutated(inputs: options.inputs, using: &stream)
    }
    return [offspring, BranchedStructure(inputs: options.inputs, using: &stream)]
  }

  /// Scores candidates, in parallel, and counts and remembers the outcomes in order.
  private mutating func evaluate(_ candidates: [BranchedStructure], threads: Int) throws -> [Individual?] {
    let (problem, shares) = (problem, options.topShares)
    // Looked up beforehand: a second reference to the table would make it be copied where it is added to.
    let remembered = candidates.map { known[$0.proxy.description] }
    let outcomes = try parallelTensorMap(count: candidates.count, threads: threads) { index -> Fitness in
      if let fitness = remembered[index] { return fitness }
      switch problem.evaluator.layerScores(candidates[index].proxy) {
      case .failure(let reason): return .invalid(reason.rawValue)
      case .success(let scores):
        let fitness = problem.correlation(layerScores: scores, at: problem.split.search, topShares: shares)
        return fitness.map { .valid($0) } ?? .invalid("constant_over_configurations")
      }
    }
    return zip(candidates, outcomes).map { structure, outcome in
      state.evaluations += 1
      if self.known.count > 100_000 { self.known = [:] }
      self.known[structure.proxy.description] = outcome
      switch outcome {
      case .invalid(let reason):
        state.rejections[reason, default: 0] += 1
        return nil
      case .valid(let fitness):
        let individual = Individual(structure: structure, fitness: fitness)
        state.hallOfFame.consider(individual)
        return individual
      }
    }
  }

  private mutating func replaceWorst(by winner: Individual) {
    guard
      let worst = state.population.indices.min(by: {
        state.population[$0].fitness < state.population[$1].fitness
      })
    else { return }
    state.population[worst] = winner
  }

  private mutating func endGeneration(_ progress: ProgressHandler?) {
    state.generation += 1
    let sorted = state.population.map(\.fitness).sorted()
    let best = sorted.last ?? 0
    state.history.append(
      HistoryRow(
        generation: state.generation, best: best, median: sorted[sorted.count / 2],
        evaluations: state.evaluations))
    let rounded = (best * 1000).rounded() / 1000
    progress?(
      WorkProgress(completed: state.generation, total: options.generations, note: "best fitness \(rounded)"))
  }

  /// A member of the hall of fame, with what the choice among them goes by.
  public struct Candidate: Sendable {
    /// The formula.
    public let proxy: Proxy
    /// Its score of each layer.
    public let layerScores: [Double]
    /// Spearman's ρ on the validation configurations.
    public let validation: Double
  }

  /// The members of the hall of fame, from the highest Spearman correlation on the search and validation
  /// configurations together down.
  ///
  /// Fitness is taken on the search configurations alone; with the validation ones beside them, a formula that
  /// was lucky there falls back. The validation configurations alone would be too few to choose by.
  public func candidates() -> [Candidate] {
    let split = problem.split
    var found: [(both: Double, candidate: Candidate)] = []
    for member in state.hallOfFame.members {
      let proxy = member.structure.proxy
      guard case .success(let scores) = problem.evaluator.layerScores(proxy),
        let both = problem.correlation(
          layerScores: scores, at: split.search + split.validation, topShares: [1]),
        let validation = problem.correlation(layerScores: scores, at: split.validation, topShares: [1])
      else { continue }
      found.append((both, Candidate(proxy: proxy, layerScores: scores, validation: validation)))
    }
    // Among equals the one with the higher fitness, which comes first in the hall of fame.
    return found.enumerated()
      .sorted { ($0.element.both, $1.offset) > ($1.element.both, $0.offset) }
      .map(\.element.candidate)
  }

  /// The first of ``candidates()``; nil where none has a defined correlation.
  public func chosen() -> Candidate? { candidates().first }
}
