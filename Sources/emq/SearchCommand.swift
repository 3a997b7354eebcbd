import ArgumentParser
import Evolution
import Foundation
import MQBench
import Proxies
import Reports
import Statistics
import Support

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Evolve a proxy on a benchmark.",
    discussion: """
      Example: emq search b.sqlite -o run

      Writes run.json, checkpoint.json, history.csv, hall_of_fame.csv and proxy.txt, the formula chosen on the
      search and validation configurations. Run again, the same command goes on where it was stopped; Ctrl-C saves.
      JSON: proxy, fitness, validation and test (Spearman), generations, evaluations, seconds.
      """)

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "Statistics of its network; by default those made with the benchmark.")
  var statistics: String?

  @Option(help: "Individuals alive at a time.")
  var population = 50

  @Option(help: "Rounds; each makes one offspring and one fresh individual.")
  var generations = 1000

  @Option(help: "The share of the population that a parent is the best of.")
  var sampleRatio = 0.2

  @Option(help: "The probability that an offspring has two parents.")
  var crossover = 0.5

  @Option(help: "The probability that an offspring is mutated.")
  var mutation = 0.5

  @Option(help: "What configurations are truly ranked by: top1, loss, kl or agreement.")
  var truth: Measure = .top1

  @Option(name: [.short, .long], help: "The folder to write.")
  var output: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let start = Date()
    let store = try SQLiteBenchmarkStore(opening: benchmark)
    let rows = try store.drawnRows()
    let statistics = try NetworkStatistics(
      contentsOf: statistics ?? BenchmarkCommand.statisticsPath(of: benchmark))
    guard statistics.costs == store.description.costs else {
      throw BenchmarkError("\(benchmark): the statistics are those of another network")
    }
    let options = EvolutionOptions(
      populationSize: population, generations: generations, sampleRatio: sampleRatio,
      crossoverProbability: crossover,
      mutationProbability: mutation, inputs: Statistic.paperInputs.filter { statistics.tensors[$0] != nil },
      seed: common.seed)
    try options.validate()
    let content = rows.map { "\($0.configuration) \(truth.value($0))\n" }.joined()
    let folder = RunFolder(output)
    let description = RunFolder.Description(
      options: options, network: store.description.network, benchmark: sha256(Data(content.utf8)),
      truth: truth.rawValue)
    let saved = try folder.savedState(for: description)
    if let saved { Console.error("emq: going on after generation \(saved.generation) of \(output)") }
    let problem = try SearchProblem(
      statistics: statistics, weightBits: rows.map(\.configuration.weightBits),
      truth: rows.map { truth.goodness($0) },
      seed: common.seed)
    var search = try EvolutionSearch(problem: problem, options: options, state: saved)
    try Console.withProgress("search") {
      try search.run(
        threads: common.threads, progress: $0, isCancelled: { Interruption.isRequested },
        save: { try folder.save($0, description) })
    }
    try folder.saveHallOfFame(search)
    guard let chosen = search.chosen() else {
      throw BenchmarkError(
        "\(benchmark): no formula has a defined correlation on the validation configurations")
    }
    try AtomicFile.write(Data("\(chosen.proxy)\n".utf8), to: "\(output)/\(ChosenProxy.file)")
    guard !Interruption.isRequested else {
      Console.error("emq: interrupted; the same command goes on after generation \(search.state.generation)")
      throw Interruption.exitCode
    }
    let test = problem.correlation(layerScores: chosen.layerScores, at: problem.split.test, topShares: [1])
    let best = search.state.hallOfFame.members.first?.fitness ?? 0
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "proxy": .text(chosen.proxy.description), "fitness": .number(best),
          "validation": .number(chosen.validation),
          "test": test.map { .number($0) } ?? .null, "generations": .integer(search.state.generation),
          "evaluations": .integer(search.state.evaluations), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      var table = Table(columns: [
        ("proxy", "proxy"), ("search fitness", "fitness"), ("ρ validation", "validation"), ("ρ test", "test"),
      ])
      table.append([
        .text(chosen.proxy.description), .number(best, decimals: 3), .number(chosen.validation, decimals: 3),
        test.map { .number($0, decimals: 3) } ?? .missing,
      ])
      Console.output(table.rendered())
      Console.output(
        "\(search.state.evaluations) candidates in \(String(format: "%.1f", seconds)) s,"
          + " \(search.state.rejections.values.reduce(0, +)) without a usable score; all in \(output)")
    }
  }
}
