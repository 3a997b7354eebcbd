import ArgumentParser
import Benchmarks
import Datasets
import Evolution
import Foundation
import Foundations
import ONNX
import Proxies
import Quantization
import Reports

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the whole path on two small Fashion-MNIST networks.",
    discussion: """
      Example: emq demo --output demo-output

      Builds benchmarks, evolves a proxy on the first network's, applies it to both, allocates bits at the size of
      uniform 3 bits, exports, and runs the files in ONNX Runtime. JSON: proxy, search (fitness, validation,
      test), rows (network, configuration, size_mib, bitops_g, top1_simulated, top1_onnx_runtime; shares),
      seconds.
      """)

  @Option(help: "The folder to write to.")
  var output = "demo-output"

  @Option(help: "The folder of Fashion-MNIST's IDX files.")
  var data = "/usr/share/datasets/fashion-mnist"

  @Option(help: "Configurations in each benchmark.")
  var configurations = 64

  @Option(help: "Generations of the search.")
  var generations = 1000

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard configurations >= 16 else { throw ValidationError("--configurations needs 16 or more") }
  }

  func run() throws {
    let start = Date()
    try AtomicFile.makeFolder(output)
    let networks = try ["fashion-resnet", "fashion-mobilenet"].map { name in
      guard let path = ProjectFiles.find("Models/\(name).onnx") else {
        throw FileError(.noInput, "Models/\(name).onnx: not found above the program or in the working folder")
      }
      return try DemoNetwork(
        name: name, path: path, data: data, configurations: configurations, folder: output, common: common)
    }
    let (search, problem) = try evolve(networks[0])
    // A formula may be undefined on another network, for example where an activation is zero; whether it is shows
    // without measuring accuracies.
    let chosen = try search.chosen(threads: common.threads).first { candidate in
      networks.allSatisfy { (try? candidate.proxy.layerBitScores(ProxyInputs($0.statistics))) != nil }
    }
    guard let chosen else {
      throw FileError(.data, "the search found no formula that is usable on both networks")
    }
    let test = chosen.correlations[.test]

    var table = Table(columns: [
      ("network", "network"), ("configuration", "configuration"), ("MiB", "size_mib"),
      ("G BitOps", "bitops_g"),
      ("top-1 % simulated", "top1_simulated"), ("top-1 % ONNX Runtime", "top1_onnx_runtime"),
    ])
    var verdicts: [String] = []
    for network in networks {
      let comparison = try DemoComparison(
        network: network, proxy: chosen.proxy, folder: output, common: common)
      for row in comparison.rows { table.append(row) }
      verdicts.append(comparison.verdict)
    }
    let seconds = Date().timeIntervalSince(start)
    let testText = test.map { String(format: "%.3f", $0) } ?? "not defined"
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "proxy": .text(chosen.proxy.description), "rows": .list(table.jsonRows().map { .object($0) }),
          "search": .object([
            "fitness": .number(search.hallOfFame.members.first?.fitness ?? 0),
            "validation": chosen.correlations[.validation].map { .number($0) } ?? .null,
            "test": test.map { .number($0) } ?? .null,
          ]), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output("evolved on fashion-resnet: \(chosen.proxy)")
      Console.output(
        "Spearman's ρ on its \(problem.split.test.count) test configurations: \(testText)"
          + " (noise ceiling \(try networks[0].noiseCeiling()))\n")
      Console.output(table.rendered())
      Console.output("")
      for verdict in verdicts { Console.output(verdict) }
      Console.output("files in \(output), \(Int(seconds)) s")
    }
  }

  private func evolve(_ network: DemoNetwork) throws -> (EvolutionSearch, BenchmarkProblem) {
    let rows = try network.store.drawnRows()
    let problem = try BenchmarkProblem(
      name: network.name, inputs: ProxyInputs(network.statistics), configurations: rows.map(\.configuration),
      truth: rows.map(\.top1), seed: common.seed)
    let combined = try SearchProblem([problem])
    var space = SpaceOptions.space(of: FormulaInput.forward, StructureShape(.branched), combined)
    // Others cannot be allocated exactly.
    space.aggregations = space.aggregations.filter(\.isAdditive)
    space.probabilities = try SpaceSurvey(
      space, problem: combined, samples: SpaceSurvey.priorSamples, seed: common.seed, threads: common.threads
    ).prioritized
    var options = EvolutionOptions()
    options.generations = generations
    options.fitness = .rho
    // Sixteen validation configurations cannot tell a thousand formulas apart.
    options.hallOfFameSize = 20
    options.seed = common.seed
    var search = try EvolutionSearch(
      problem: combined, space: space, options: options, warmStart: space.handcraftedGenomes.map(\.genome))
    try Console.withProgress("search") {
      try search.run(threads: common.threads, progress: $0, isCancelled: { Interruption.isRequested })
    }
    if Interruption.isRequested { throw Interruption.exitCode }
    return (search, problem)
  }
}
