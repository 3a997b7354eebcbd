import Foundation
import Foundations
import Proxies
import Torch

/// Evolves proxies by crossover, mutation and diversity-prompting selection (EMQ, section 3.3).
///
/// A generation of an island depends on nothing but the island and a random stream of its own, and islands meet only
/// where all have done the same generations. So a search that was interrupted is resumed to the same result, with any number
/// of threads, and of workers that share its islands through an ``IslandExchange``.
public struct EvolutionSearch: Sendable {
  /// What is optimized.
  public let problem: SearchProblem
  /// Where.
  public let space: SearchSpace
  /// How.
  public let options: EvolutionOptions
  /// Where the search is, or was when its islands were gathered.
  public private(set) var state: SearchState
  /// A row for each generation that all islands have done.
  public private(set) var history: [HistoryRow]
  /// The generation after which all islands have met last; nil where none has a population yet.
  public private(set) var reached: Int?
  /// What islands said then; none of a search that begins at a state.
  private var reports: [IslandReport] = []
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
    let state = state ?? SearchState(options)
    self.state = state
    history = state.history
    reached = state.isPopulated ? state.generation : nil
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
  ///   - exchange: where islands meet, and where other workers share the work; nil for this process alone.
  ///   - threads: how many run at once.
  ///   - maximumSeconds: how long to search; nil for no limit.
  ///   - progress: receives the progress.
  ///   - isCancelled: whether the user asked to stop.
  ///   - save: called with the state at the beginning, now and then, and at the end; nil where nobody keeps it.
  /// - Throws: ``EvolutionError`` where no valid formulas are found to begin with.
  public mutating func run(
    through exchange: (any IslandExchange)? = nil, threads: Int, maximumSeconds: Double? = nil,
    progress: ProgressHandler? = nil, isCancelled: @escaping CancellationCheck = { false },
    save: ((SearchState) throws -> Void)? = nil
  ) throws {
    let exchange = exchange ?? MemoryExchange(islands: options.islands)
    let start = Date()
    var lastSaved = start
    let before = state.candidates
    // What was measured before a search begins is kept, too.
    if state.history.isEmpty { try save?(state) }
    while !isFinished, !isCancelled() {
      guard try advance(through: exchange, threads: threads, isCancelled: isCancelled) else { break }
      report(progress, candidatesBefore: before, seconds: Date().timeIntervalSince(start))
      if let maximumSeconds, Date().timeIntervalSince(start) > maximumSeconds { break }
      if let save, Date().timeIntervalSince(lastSaved) > 1 {
        if try gather(from: exchange) { try save(state) }
        lastSaved = Date()
      }
    }
    if try gather(from: exchange) { try save?(state) }
  }

  /// Brings all islands through the next epoch: this worker evolves those that no other does.
  ///
  /// - Returns: whether all have arrived; false where that was cancelled, or others are still at it.
  /// - Throws: ``EvolutionError`` where no valid formulas are found to begin with.
  public mutating func advance(
    through exchange: any IslandExchange, threads: Int, isCancelled: @escaping CancellationCheck = { false }
  ) throws -> Bool {
    let (search, epoch) = (self, options.epoch(after: reached ?? 0))
    _ = try parallelTensorMap(count: min(threads, options.islands), threads: threads) { _ in
      while let index = try exchange.claim(epoch) {
        guard let evolved = try search.evolved(index, epoch, exchange, isCancelled: isCancelled) else {
          return try exchange.release(index, epoch)
        }
        try exchange.deliver(evolved, epoch)
      }
    }
    guard let reports = try exchange.reports(epoch) else { return false }
    guard reports.allSatisfy({ $0.rows.map(\.generation) == Array(epoch.start + 1..<epoch.end + 1) }) else {
      throw EvolutionError(
        "a report of an island after generation \(epoch.end) is damaged: it has other generations")
    }
    (self.reports, reached) = (reports, epoch.end)
    for index in reports[0].rows.indices {
      history.append(HistoryRow.merging(reports.map { $0.rows[index] }))
    }
    return true
  }

  /// An island at the end of an epoch; nil where that was cancelled, or the island where it began is kept no more.
  private func evolved(
    _ index: Int, _ epoch: Epoch, _ exchange: any IslandExchange, isCancelled: CancellationCheck
  ) throws -> EvolvedIsland? {
    let isGathered = epoch.start == state.generation
    guard var island = isGathered ? state.islands[index] : try settled(index, exchange) else { return nil }
    var evaluation = try CandidateEvaluation(problem, options)
    if island.population.isEmpty {
      // Each island begins with a share of its own.
      let share = warmStart.enumerated().filter { $0.offset % options.islands == index }.map(\.element)
      try island.populate(
        space: space, options: options, warmStart: share, evaluation: &evaluation, isCancelled: isCancelled)
    }
    var rows: [HistoryRow] = []
    while island.generation < epoch.end, !isCancelled() {
      island.advance(space: space, options: options, evaluation: &evaluation)
      rows.append(island.historyRow)
    }
    guard island.generation == epoch.end, !island.population.isEmpty else { return nil }
    return EvolvedIsland(island, IslandReport(island, rows: rows))
  }

  /// An island where all have met last, with its visitor; nil where it is kept no more.
  private func settled(_ index: Int, _ exchange: any IslandExchange) throws -> Island? {
    guard let reached, var island = try exchange.island(index, after: reached) else { return nil }
    guard island.generation == reached, island.isWhole(options, space: space, index: index) else {
      throw EvolutionError(
        "island \(index) after generation \(reached) is damaged: its parts contradict each other")
    }
    if let visitor = Migration.visitor(to: index, after: reached, reports, options: options) {
      island.receive(visitor, options)
    }
    return island
  }

  /// Makes ``state`` that in which all islands have met last.
  ///
  /// - Returns: false where other workers have gone on since, and nothing changed.
  public mutating func gather(from exchange: any IslandExchange) throws -> Bool {
    // Without reports nothing was done since the state was made.
    guard !reports.isEmpty, state.history.count < history.count || !state.isPopulated else { return true }
    let islands = try (0..<options.islands).map { try settled($0, exchange) }
    guard !islands.contains(nil) else { return false }
    state = SearchState(islands: islands.compactMap(\.self), history: history)
    return true
  }

  /// Whether a rule says to stop; the user's wish and time are none of it.
  public var isFinished: Bool {
    guard let reached else { return false }
    if reached >= options.generations { return true }
    guard let last = history.last else { return false }
    if let limit = options.maximumEvaluations, last.evaluations >= limit { return true }
    if let target = options.targetFitness, last.best >= target { return true }
    if let patience = options.patience, history.count > patience {
      return history[history.count - 1 - patience].best >= last.best
    }
    return false
  }

  private func report(_ progress: ProgressHandler?, candidatesBefore: Int, seconds: Double) {
    guard let progress, let last = history.last else { return }
    let shares = CompatibilityScreening.Stage.allCases.compactMap { stage in
      let count = reports.reduce(0) { $0 + ($1.rejections[stage] ?? 0) }
      return count > 0 ? "\(stage.rawValue) \(100 * count / max(1, last.candidates))" : nil
    }
    let note =
      String(
        format: "best %.3f, median %.3f, %.0f/s, diversity %.2f, turned away %%: ", last.best, last.median,
        Double(last.candidates - candidatesBefore) / max(seconds, 1e-9), last.diversity)
      + shares.joined(separator: ", ")
    progress(WorkProgress(completed: last.generation, total: options.generations, note: note))
  }
}
