import ArgumentParser
import Benchmarks
import Evolution
import Foundation
import Foundations
import Proxies
import Reports
import Studies

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Evolve a proxy on one benchmark or several.",
    discussion: """
      Example: emq search b.sqlite -o run
               emq search a.sqlite b.sqlite --inputs extended --combine minimum --warm-start handcrafted -o run
               emq search --resume run --generations 5000

      Of each benchmark 50 configurations serve the search; half of the others serve the choice among the hall of fame, by
      Spearman's ρ, and the rest the report. Writes run.json, checkpoint.json, history.csv,
      hall_of_fame.csv, pareto_front.csv, screening.csv, operations.csv and proxy.json, the formula chosen. The same command
      run again, or --resume, goes on where it was stopped, to the same bytes; Ctrl-C saves.

      Beside the formula chosen stand baselines on the same test configurations: the divergence on about 50 of the
      evaluation images, judged by the others; a regression on the labels of the search, and on those of search and choice;
      the noise ceiling. Evaluations count those of OSP's survey, of which --max-evaluations takes no account.

      JSON: proxy, fitness, validation, benchmarks (name, truth, rho_100, rho_50, rho_20 on test configurations, each with
      mean, lower, upper; baselines with the same; ceiling), generations, candidates, evaluations, survey_evaluations,
      turned_away (by stage), seconds, candidates_per_second.
      """)

  @Argument(help: "The benchmarks.")
  var benchmarks: [String] = []

  @Option(help: "Statistics of their networks; those made with each benchmark where not given.")
  var statistics: [String] = []

  @Option(help: "Go on with the search of this folder; limits may be given anew.")
  var resume: String?

  @OptionGroup var space: SpaceOptions
  @OptionGroup var evolve: EvolveOptions

  @Option(help: "How fitnesses on several benchmarks become one: mean or minimum.")
  var combine: SearchProblem.Combination = .mean

  @Option(help: "Proxies that join the first population: handcrafted, or a file with a formula on each line.")
  var warmStart: String?

  @Option(help: "Configurations of each benchmark that serve the search.")
  var searchConfigurations = ConfigurationSplit.paperSearchCount

  @Option(help: "Stop after so many seconds.")
  var maxSeconds: Double?

  @Option(
    help:
      "What configurations are truly ranked by: top1, loss, kl or agreement; where not given, as emq rank.")
  var truth: Measure?

  @Option(name: [.short, .long], help: "The folder to write.")
  var output: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard resume != nil || !benchmarks.isEmpty else {
      throw ValidationError("name a benchmark, such as b.sqlite")
    }
    guard resume != nil || output != nil else { throw ValidationError("-o names the folder to write") }
    guard resume == nil || (benchmarks.isEmpty && output == nil && statistics.isEmpty) else {
      throw ValidationError("--resume takes benchmarks, statistics and folder from the run; leave them out")
    }
    guard searchConfigurations >= 8 else {
      throw ValidationError("--search-configurations is \(searchConfigurations); at least 8 are needed")
    }
    if let maxSeconds, !(maxSeconds > 0) {
      throw ValidationError("--max-seconds is \(maxSeconds); more than 0 is needed")
    }
  }

  func run() throws {
    let start = Date()
    let job =
      try resume.map { try SearchJob(resuming: $0, setLimits: evolve.setLimits) } ?? fresh()
    if let saved = job.saved {
      Console.error("emq: going on after generation \(saved.generation) of \(job.folder.path)")
    }
    var search = try EvolutionSearch(
      problem: job.problem, space: job.description.space, options: job.description.options,
      warmStart: job.warmStart, state: job.saved)
    let before = search.state.candidates
    let searchStart = Date()
    try common.context.stage("search") {
      try search.run(
        threads: common.threads, maximumSeconds: maxSeconds, progress: $0,
        isCancelled: common.context.isCancelled, save: { try job.folder.save($0, job.description) })
    }
    let seconds = Date().timeIntervalSince(searchStart)
    guard !search.state.history.isEmpty || search.isFinished else { throw interruption(search) }
    try job.folder.saveResults(search, threads: common.threads)
    guard let chosen = try search.chosen(threads: common.threads).first else {
      throw BenchmarkError(
        "\(job.benchmarks[0].path): no formula has a defined correlation on the validation configurations")
    }
    let report = try SearchReport(
      job: job, search: search, chosen: chosen, threads: common.threads,
      candidatesPerSecond: Double(search.state.candidates - before) / max(seconds, 1e-9),
      seconds: Date().timeIntervalSince(start))
    try AtomicFile.write(report.proxyFile().data(), to: "\(job.folder.path)/\(ProxyFile.name)")
    if common.context.isCancelled() { throw interruption(search) }
    try report.print(common.format)
  }

  private func interruption(_ search: EvolutionSearch) -> WorkInterrupted {
    WorkInterrupted("after generation \(search.state.generation)")
  }

  /// The search that the options describe.
  private func fresh() throws -> SearchJob {
    let options = try evolve.options(seed: common.seed)
    let opened = try SearchBenchmark.open(
      benchmarks, statistics: statistics, measure: truth, seed: common.seed)
    let problem = try SearchProblem(
      opened.map { try $0.problem(seed: common.seed, searchCount: searchConfigurations) },
      combination: combine)
    var space = try space.space(problem)
    let folder = RunFolder(output ?? "")
    var cost: SurveyCost?
    if evolve.osp {
      // What was measured once is kept with the run.
      let known = try folder.description()
      var unprioritized = known?.space
      unprioritized?.probabilities = .uniform
      if let known, unprioritized == space {
        space = known.space
        cost = known.survey
      } else {
        let survey = try common.context.stage("validity of operations") {
          try SpaceSurvey(
            space, problem: problem, samples: SpaceSurvey.priorSamples, seed: common.seed,
            threads: common.threads, progress: $0)
        }
        space.probabilities = survey.prioritized
        cost = survey.cost
      }
    }
    return try SearchJob(
      folder: folder,
      description: RunFolder.Description(
        version: EMQCommand.configuration.version, options: options, space: space, survey: cost,
        warmStart: warmStartFormulas(space),
        benchmarks: opened.map { try $0.record() }, combination: combine,
        searchConfigurations: searchConfigurations), benchmarks: opened, problem: problem)
  }

  private func warmStartFormulas(_ space: SearchSpace) throws -> [String] {
    guard let warmStart else { return [] }
    guard warmStart != "handcrafted" else {
      let genomes = space.handcraftedGenomes
      guard !genomes.isEmpty else {
        throw EvolutionError(
          "--warm-start handcrafted: no handcrafted proxy is a formula of this structure and these inputs",
          kind: .usage)
      }
      return genomes.map { $0.genome.proxy.description }
    }
    return try FormulaFile(warmStart).proxies.map { proxy in
      guard let genome = space.genome(of: proxy) else {
        throw EvolutionError("\(warmStart): \(proxy) is not a formula of this structure and these inputs")
      }
      return genome.proxy.description
    }
  }
}
