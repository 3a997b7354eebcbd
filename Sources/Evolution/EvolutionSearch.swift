import Foundation
import Foundations
import Proxies
import Torch

/// Evolves proxies by crossover, mutation and diversity-prompting selection (EMQ, section 3.3).
///
/// A generation of an island depends on nothing but the island and a random stream of its own, and islands meet only
/// where all have done the same generations. So a search that was interrupted is resumed to the same result, with any number
/// of threads.
public struct EvolutionSearch: Sendable {
  /// What is optimized.
  public let problem: SearchProblem
  /// Where.
  public let space: SearchSpace
  /// How.
  public let options: EvolutionOptions
  /// Where the search is.
  public private(set) var state: SearchState
  private let warmStart: [Genome]

  /// Makes a search at its beginning, or at a state that was saved.
  ///
  /// - Parameters:
  ///   - problem: the benchmarks that formulas are judged on.
  ///   - space: the formulas that are searched.
  ///   - options: how they are searched, and when to stop.
  ///   - warmStart: genomes that join the first population.
  ///   - state: the one that was saved; nil to begin.
  public init(
    problem: SearchProblem, space: SearchSpace = SearchSpace(), options: EvolutionOptions = .init(),
    warmStart: [Genome] = [], state: SearchState? = nil
  ) throws {
    try options.validate()
    guard !space.inputs.isEmpty || space.responses?.isEmpty == false, !space.aggregations.isEmpty else {
      throw EvolutionError("no inputs or no aggregations to search over", kind: .usage)
    }
    if let fault = space.shape.fault { throw EvolutionError(fault, kind: .usage) }
    try Self.checkShares(options.fitness, problem)
    if let missing = space.inputs.first(where: { !problem.isAvailable($0) }) {
      throw EvolutionError("the input \(missing.name) was not computed; leave it out or compute it")
    }
    try state?.validate(options, space: space)
    self.problem = problem.following(options.followed)
    self.space = space
    self.options = options
    self.warmStart = warmStart
    self.state = state ?? SearchState(options)
  }

  /// Checks that a share of the search configurations is enough to rank.
  private static func checkShares(_ fitness: FitnessMeasure, _ problem: SearchProblem) throws {
    let shares: [Double]
    switch fitness {
    case .spearman(let list), .trueSpearman(let list): shares = list
    case .kendall, .pearson: return
    }
    for benchmark in problem.benchmarks {
      let count = benchmark.split.search.count
      guard let few = shares.first(where: { (Double(count) * $0).rounded() < 2 }) else { continue }
      throw EvolutionError(
        "fitness \(fitness): \(few * 100) % of the \(count) search configurations of \(benchmark.name) are fewer than"
          + " 2, which cannot be ranked", kind: .usage)
    }
  }

  /// Runs generations until a rule says to stop, or the user does.
  ///
  /// - Parameters:
  ///   - threads: how many run at once.
  ///   - maximumSeconds: how long to search; nil for no limit.
  ///   - progress: receives the progress.
  ///   - isCancelled: whether the user asked to stop.
  ///   - save: called with the state at the beginning, now and then, and at the end.
  /// - Throws: ``EvolutionError`` where no valid formulas are found to begin with.
  public mutating func run(
    threads: Int, maximumSeconds: Double? = nil, progress: ProgressHandler? = nil,
    isCancelled: @escaping CancellationCheck = { false }, save: (SearchState) throws -> Void = { _ in }
  ) throws {
    let start = Date()
    var lastSaved = start
    let before = state.candidates
    // What was measured before a search begins is kept, too.
    if state.history.isEmpty { try save(state) }
    while !isFinished, !isCancelled() {
      guard try advance(threads: threads, isCancelled: isCancelled) else { break }
      report(progress, candidates: state.candidates - before, seconds: Date().timeIntervalSince(start))
      if let maximumSeconds, Date().timeIntervalSince(start) > maximumSeconds { break }
      if Date().timeIntervalSince(lastSaved) > 1 {
        try save(state)
        lastSaved = Date()
      }
    }
    try save(state)
  }

  /// Brings all islands to the next generation at which they meet; false where that was cancelled, when nothing changed.
  private mutating func advance(threads: Int, isCancelled: @escaping CancellationCheck) throws -> Bool {
    let (problem, space, options, warmStart, islands) = (problem, space, options, warmStart, state.islands)
    let target = min(
      options.generations, (state.generation / options.migrationInterval + 1) * options.migrationInterval)
    let advanced = try parallelTensorMap(count: islands.count, threads: threads) { index in
      var island = islands[index]
      var evaluation = try CandidateEvaluation(problem, options)
      if island.population.isEmpty {
        // Each island begins with a share of its own.
        let share = warmStart.enumerated().filter { $0.offset % options.islands == index }.map(\.element)
        try island.populate(
          space: space, options: options, warmStart: share, evaluation: &evaluation, isCancelled: isCancelled)
      }
      var rows: [HistoryRow] = []
      while island.generation < target, !isCancelled() {
        island.advance(space: space, options: options, evaluation: &evaluation)
        rows.append(
          HistoryRow(
            generation: island.generation, best: island.hallOfFame.members.first?.fitness ?? 0,
            median: island.medianFitness, candidates: island.candidates, evaluations: island.evaluations,
            diversity: island.diversity))
      }
      return (island: island, rows: rows)
    }
    guard advanced.allSatisfy({ $0.island.generation == target && !$0.island.population.isEmpty }) else {
      return false
    }
    state.islands = advanced.map(\.island)
    for index in advanced[0].rows.indices {
      state.history.append(HistoryRow.merging(advanced.map { $0.rows[index] }))
    }
    if target % options.migrationInterval == 0 { migrate(&state.islands, options: options) }
    return true
  }

  /// Whether a rule says to stop; the user's wish and time are none of it.
  public var isFinished: Bool {
    guard !state.islands[0].population.isEmpty else { return false }
    if state.generation >= options.generations { return true }
    if let limit = options.maximumEvaluations, state.evaluations >= limit { return true }
    guard let last = state.history.last else { return false }
    if let target = options.targetFitness, last.best >= target { return true }
    if let patience = options.patience, state.history.count > patience {
      return state.history[state.history.count - 1 - patience].best >= last.best
    }
    return false
  }

  private func report(_ progress: ProgressHandler?, candidates: Int, seconds: Double) {
    guard let progress, let last = state.history.last else { return }
    let rejections = state.rejections
    let shares = CompatibilityScreening.Stage.allCases.compactMap { stage in
      rejections[stage].map { "\(stage.rawValue) \(100 * $0 / max(1, state.candidates))" }
    }
    let note =
      String(
        format: "best %.3f, median %.3f, %.0f/s, diversity %.2f, turned away %%: ", last.best, last.median,
        Double(candidates) / max(seconds, 1e-9), last.diversity) + shares.joined(separator: ", ")
    progress(WorkProgress(completed: state.generation, total: options.generations, note: note))
  }

  // MARK: Results

  /// The best proxies so far.
  public var hallOfFame: HallOfFame { state.hallOfFame(options) }

  /// A member of the hall of fame, with how well it ranks each part of the configurations.
  public struct Candidate: Sendable {
    /// The member.
    public let individual: Individual
    /// Spearman's ρ on the search, the validation and the test configurations; nil where it is not defined.
    public let correlations: [SearchProblem.Part: Double]

    /// The proxy.
    public var proxy: EvolvedProxy { individual.genome.proxy }
  }

  /// Correlations of some members on all parts of the configurations.
  public func candidates(_ members: [Individual], threads: Int) throws -> [Candidate] {
    let problem = problem
    return try parallelTensorMap(count: members.count, threads: threads) { index in
      let proxy = members[index].genome.proxy
      var correlations: [SearchProblem.Part: Double] = [:]
      for part in SearchProblem.Part.allCases { correlations[part] = problem.correlation(proxy, on: part) }
      return Candidate(individual: members[index], correlations: correlations)
    }
  }

  /// The members of the hall of fame from the one that is chosen on the validation configurations down; those without a ρ
  /// there are left out.
  public func chosen(threads: Int) throws -> [Candidate] {
    let problem = problem
    let all = try candidates(hallOfFame.members, threads: threads).filter {
      $0.correlations[.validation] != nil
    }
    let choice = options.choice ?? .validation
    let found = try parallelTensorMap(count: all.count, threads: threads) { index in
      ProxyChoice.Candidate(
        correlations: problem.correlations(all[index].proxy, on: .validation).compactMap(\.self),
        complexity: all[index].proxy.complexity)
    }
    return choice.order(found, networks: problem.networks, combination: problem.combination).map { all[$0] }
  }
}
