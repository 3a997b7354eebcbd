import ArgumentParser
import Benchmarks
import Datasets
import Demo
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
    let (start, context) = (Date(), common.context)
    try AtomicFile.makeFolder(output)
    let networks = try ["fashion-resnet", "fashion-mobilenet"].map { name in
      guard let path = ProjectFiles.find("Models/\(name).onnx") else {
        throw FileError(.noInput, "Models/\(name).onnx: not found above the program or in the working folder")
      }
      return try DemoNetwork(
        name: name, path: path, data: data, configurations: configurations, folder: output, seed: common.seed,
        context: context)
    }
    let search = try DemoSearch(networks, generations: generations, seed: common.seed, context: context)
    let test = search.chosen.correlations[.test]
    var table = Table(columns: [
      ("network", "network"), ("configuration", "configuration"), ("MiB", "size_mib"),
      ("G BitOps", "bitops_g"),
      ("top-1 % simulated", "top1_simulated"), ("top-1 % ONNX Runtime", "top1_onnx_runtime"),
    ])
    var verdicts: [String] = []
    for network in networks {
      let comparison = try DemoComparison(
        network: network, proxy: search.chosen.proxy, folder: output, seed: common.seed, context: context)
      for row in comparison.rows {
        table.append([
          .text(network.name), .text(row.title), .number(row.sizeInMiB, decimals: 4),
          .number(row.bitOperations, decimals: 3), .number(100 * row.top1, decimals: 2),
          row.judgedTop1.map { .number(100 * $0, decimals: 2) } ?? .missing,
        ])
      }
      verdicts.append(Self.text(comparison.verdict, network: network.name))
    }
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "proxy": .text(search.chosen.proxy.description),
          "rows": .list(table.jsonRows().map { .object($0) }),
          "search": .object([
            "fitness": .number(search.fitness),
            "validation": search.chosen.correlations[.validation].map { .number($0) } ?? .null,
            "test": test.map { .number($0) } ?? .null,
          ]), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      func text(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "not defined" }
      Console.output("evolved on fashion-resnet: \(search.chosen.proxy)")
      Console.output(
        "Spearman's ρ on its \(search.testCount) test configurations: \(text(test))"
          + " (noise ceiling \(text(try networks[0].noiseCeiling())))\n")
      Console.output(table.rendered())
      Console.output("\n" + verdicts.joined(separator: "\n"))
      Console.output("files in \(output), \(Int(seconds)) s")
    }
  }

  private static func text(_ verdict: DemoComparison.Verdict, network: String) -> String {
    let difference = verdict.difference
    let outcome =
      difference.mean > 0 ? "wins against" : difference.mean == 0 ? "equals" : "does not win against"
    return String(
      format: "%@: evolved %@ the best of the others (%@) by %+.2f points; one paired standard error is %.2f",
      network, outcome, verdict.best, 100 * difference.mean, 100 * difference.standardError)
  }
}
