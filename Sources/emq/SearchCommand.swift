import ArgumentParser
import Benchmarks
import Evolution
import Foundation
import Foundations
import HTMLReports
import PostgreSQL
import Proxies
import Reports
import SharedStore
import Studies

struct SearchCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Evolve a proxy on one benchmark or several.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq search b.sqlite -o run
        emq search a.sqlite b.sqlite --inputs extended --combine minimum --warm-start handcrafted -o run
        emq search --resume run --generations 5000 --report run.html

      Of each benchmark 50 configurations serve the search; half of the others serve the choice among the hall of fame, by
      Spearman's ρ, and the rest the report. Writes run.json, checkpoint.json, history.csv, hall_of_fame.csv,
      pareto_front.csv, screening.csv, operations.csv and proxy.json, the formula chosen. The same command run again, or
      --resume, resumes where it was stopped, to the same bytes; Ctrl-C saves.

      Beside the formula chosen stand baselines on the same test configurations: the divergence on about 50 of the evaluation
      images, judged by the others; a regression on the labels of the search, and on those of search and choice; the noise
      ceiling. Evaluations count those of OSP's survey, of which --max-evaluations takes no account.

      JSON:
        proxy, fitness, validation
        benchmarks: name, truth, rho_100, rho_50, rho_20 on test configurations (each with mean, lower, upper), baselines with
          the same, ceiling, responses (background, window, runs, images, forward_passes)
        generations, candidates, evaluations, survey_evaluations
        turned_away: by stage
        seconds, candidates_per_second
      """
    ).rendered())

  @Argument(help: "The benchmarks.")
  var benchmarks: [String] = []

  @Option(help: "Statistics of their networks; those made with each benchmark where not given.")
  var statistics: [String] = []

  @Option(help: "Resume the search of this folder; limits may be given anew.")
  var resume: String?

  @OptionGroup var space: SpaceOptions
  @OptionGroup var evolve: EvolveOptions

  @Option(help: "How fitnesses on several benchmarks become one: mean or minimum.")
  var combine: SearchProblem.Combination = .mean

  @Option(help: "Proxies that join the first population: handcrafted, or a file with a formula on each line.")
  var warmStart: String?

  @Option(
    help: "Configurations of each benchmark that serve the search; 50 or 100 (see --like) where not given.")
  var searchConfigurations: Int?

  @Option(help: "Stop after so many seconds.")
  var maxSeconds: Double?

  @Option(
    help:
      "What configurations are truly ranked by: top1, loss, kl or agreement; where not given, as emq rank.")
  var truth: Measure?

  @Option(
    help: """
      A database, such as postgres://user@host/emq, through which workers evolve the islands, too; what is written is the same \
      however many there are. The same command again takes part anew, and writes what they came to.
      """)
  var store: String?

  @Flag(help: "Put the search into --store and leave it to emq worker.")
  var enqueue = false

  @Option(name: [.short, .long], help: "The folder to write.")
  var output: String?

  @OptionGroup var report: ReportOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard resume != nil || !benchmarks.isEmpty else {
      throw ValidationError("name a benchmark, such as b.sqlite")
    }
    guard resume != nil || output != nil || enqueue else {
      throw ValidationError("-o names the folder to write")
    }
    guard resume == nil || (benchmarks.isEmpty && output == nil && statistics.isEmpty) else {
      throw ValidationError("--resume takes benchmarks, statistics and folder from the run; leave them out")
    }
    if let searchConfigurations, searchConfigurations < 8 {
      throw ValidationError("--search-configurations is \(searchConfigurations); at least 8 are needed")
    }
    if enqueue, store == nil {
      throw ValidationError("--enqueue takes a --store, such as postgres://host/emq")
    }
    if store != nil, resume != nil {
      throw ValidationError("--store takes the whole command, not --resume; given again, it resumes")
    }
    if store != nil, maxSeconds != nil {
      throw ValidationError(
        "--max-seconds is the time of one process, which a --store does not share; leave it out")
    }
    if let maxSeconds, !(maxSeconds > 0) {
      throw ValidationError("--max-seconds is \(maxSeconds); more than 0 is needed")
    }
  }

  var followedOutput: FollowedOutput? { (resume ?? output).map { .folder($0) } }

  func run() throws {
    let start = Date()
    try report.requireWritable(keeping: benchmarks + statistics + [warmStart], within: output)
    let job =
      try resume.map { try SearchJob(resuming: $0, setLimits: evolve.setLimits) } ?? fresh()
    let shared = try store.map { url in
      let store = try SharedStore(
        PostgreSQLAddress(url), version: job.description.version, context: common.context)
      return try StoredSearch(job, in: store, context: common.context)
    }
    if let shared, enqueue { return try common.print(SharedSearchReport(shared)) }
    if let saved = job.saved, shared == nil {
      common.context.notice("resumed after generation \(saved.generation) of \(job.folder.path)")
    }
    var search = try EvolutionSearch(
      problem: job.problem, space: job.description.space, options: job.description.options,
      warmStart: job.warmStart, state: shared == nil ? job.saved : nil)
    let before = search.state.candidates
    let searchStart = Date()
    try common.context.stage("search") {
      try search.run(
        through: shared.map { StoreExchange($0, worker: .init(isCancelled: common.context.isCancelled)) },
        threads: common.threads, maximumSeconds: maxSeconds, progress: $0,
        isCancelled: common.context.isCancelled,
        save: shared == nil ? { try job.folder.save($0, job.description) } : nil)
    }
    if let shared {
      guard try shared.end(search) else { throw interruption(search) }
      try job.folder.save(search.state, job.description)
    }
    let seconds = Date().timeIntervalSince(searchStart)
    guard !search.state.history.isEmpty || search.isFinished else { throw interruption(search) }
    try job.folder.saveResults(search, threads: common.threads)
    let results = try SearchResults(job, search, threads: common.threads)
    try AtomicFile.write(results.proxyFile.data(), to: "\(job.folder.path)/\(ProxyFile.name)")
    if common.context.isCancelled() { throw interruption(search) }
    try report.write { try SearchPage(results).page }
    try common.print(
      SearchReport(
        results, seconds: Date().timeIntervalSince(start),
        candidatesPerSecond: Double(search.state.candidates - before) / max(seconds, 1e-9)))
  }

  private func interruption(_ search: EvolutionSearch) -> WorkInterrupted {
    WorkInterrupted("after generation \(search.state.generation)")
  }

  /// The search that the options describe.
  private func fresh() throws -> SearchJob {
    let opened = try RankedBenchmark.open(
      benchmarks, statistics: statistics, measure: truth, seed: common.seed)
    let preset = evolve.preset(for: opened.map { $0.inputs() }, space)
    let count = searchConfigurations ?? preset.searchConfigurations
    let problem = try SearchProblem(
      opened.map { try $0.problem(seed: common.seed, searchCount: count) }, combination: combine)
    let space = try space.space(problem, usual: preset.structure)
    // What is only put into a store has no folder: nothing is at this place, and nothing is written there.
    let folder =
      output ?? FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    return try SearchJob(
      in: RunFolder(folder), version: EMQCommand.configuration.version,
      options: evolve.options(preset, seed: common.seed), space: space, prioritizesOperations: evolve.osp,
      warmStart: warmStart.map { try WarmStart.genomes($0, in: space) } ?? [], benchmarks: opened,
      problem: problem, searchConfigurations: count, context: common.context)
  }
}
