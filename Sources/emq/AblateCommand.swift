import ArgumentParser
import Benchmarks
import Evolution
import Foundation
import Foundations
import Reports
import Studies

extension AblationStudy: ExpressibleByArgument {}

struct AblateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate", abstract: "Compare ways to search, over several seeds.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq ablate components b.sqlite -o ablations
        emq ablate inputs b.sqlite --statistics s1.safetensors --statistics s2.safetensors -o ablations

      STUDIES:
        structures: validity of random formulas (and OSP), and what a search finds
        components: OSP, DPS and CSP on and off, at equal evaluations and at equal time
        fitness: what is optimized
        batch: statistics of fewer and more images
        hessian: approximations of the Hessian's diagonal
        inputs: paper against extended, beside handcrafted proxies and oracles
        random: evolution against random search at equal evaluations

      Each seed splits the configurations, takes the next of the network's statistics, searches, chooses on validation
      configurations and is judged on test configurations. Intervals hold the mean over seeds with 95 % confidence, those of
      test configurations with the correction for splits of the same ones (Nadeau and Bengio); differences to the first row
      are taken seed by seed. Oracles reach at least what their rows say. Evaluations count those of OSP's survey, of which
      limits take no account. Writes runs.csv and curves.csv to a folder of the study's name; what is there already is not run
      again. At equal time results depend on the machine.

      JSON:
        study
        rows: variant, rho_100, rho_50, rho_20, difference, fitness, diversity, evaluations, survey_evaluations,
          survey_seconds, valid and turned_away (shares of candidates), candidates_per_second; of each mean and half_width
          (null of one seed)
      """
    ).rendered())

  @Argument(help: "The study: structures, components, fitness, batch, hessian, inputs or random.")
  var study: AblationStudy

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(
    help:
      "Statistics of its network, taken in turn by the seeds; those made with the benchmark where not given.")
  var statistics: [String] = []

  @Option(help: "How many seeds, from --seed up.")
  var seeds = 5

  @Option(help: "Evaluations on all search configurations in each search.")
  var evaluations = 2500

  @Option(help: "Seconds of searches at equal time.")
  var seconds = 2.0

  @Option(help: "Individuals alive at a time.")
  var population = 50

  @Option(help: "What is optimized, where the study does not compare that.")
  var fitness = FitnessMeasure.paper.description

  @Option(help: "Proxies kept in the hall of fame.")
  var hallOfFame = EvolutionOptions().hallOfFameSize

  @Option(
    help:
      "What configurations are truly ranked by: top1, loss, kl or agreement; where not given, as emq rank.")
  var truth: Measure?

  @Option(name: [.short, .long], help: "The folder to write.")
  var output: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard seeds >= 1 else { throw ValidationError("--seeds is \(seeds); at least 1 is needed") }
    guard evaluations >= 1 else {
      throw ValidationError("--evaluations is \(evaluations); at least 1 is needed")
    }
    guard seconds > 0 else { throw ValidationError("--seconds is \(seconds); more than 0 is needed") }
  }

  func run() throws {
    var options = EvolutionOptions()
    options.populationSize = population
    options.generations = .max
    options.maximumEvaluations = evaluations
    options.migrationInterval = 5
    options.hallOfFameSize = hallOfFame
    options.fitness = try FitnessMeasure(parsing: fitness)
    try options.validate()
    let opened = try RankedBenchmark.open(
      [benchmark], statistics: statistics, measure: truth, seed: common.seed)[0]
    let ablation = Ablation(
      study: study, benchmark: opened, options: options, seconds: seconds,
      seeds: (0..<UInt64(seeds)).map { common.seed &+ $0 }, folder: "\(output)/\(study.rawValue)",
      context: common.context)
    let runs = try common.context.stage("ablate \(study.rawValue)") {
      try ablation.runs(progress: $0)
    }
    guard let runs else { throw WorkInterrupted("with the runs in \(ablation.folder)") }
    let report = AblationReport(
      study, runs: runs, references: try ablation.references(),
      split: ConfigurationSplit(count: opened.rows.count, seed: common.seed))
    try report.write(to: ablation.folder)
    try common.print(report)
  }
}
