import ArgumentParser
import Compression
import Demo
import Foundation
import Foundations
import Reports

struct DemoCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the whole path on two small Fashion-MNIST networks.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq demo --output demo-output

      First compresses a network and proves the file in ONNX Runtime. Then shows the search: builds benchmarks, evolves a
      proxy on them, and compares the bits that it chooses on both networks, at the size of uniform 3 bits, with those of
      other ways.

      JSON:
        compression: as emq compress
        proxy, seconds
        search: fitness, validation, test
        rankings: network, evolved, handcrafted, handcrafted_rho, ceiling
        rows: network, configuration, size_mib, bitops_g, top1_simulated, top1_onnx_runtime (percent)
      """
    ).rendered())

  @Option(help: "The folder to write to.")
  var output = "demo-output"

  @Option(help: "The folder of Fashion-MNIST's IDX files.")
  var data = "/usr/share/datasets/fashion-mnist"

  @Option(help: "Configurations in each benchmark.")
  var configurations = 64

  @Option(help: "Generations of the search.")
  var generations = 150

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard configurations >= 16 else { throw ValidationError("--configurations needs 16 or more") }
  }

  var followedOutput: FollowedOutput? { .folder(output) }

  func run() throws {
    let (start, context) = (Date(), common.context)
    try AtomicFile.makeFolder(output)
    let names = ["fashion-resnet", "fashion-mobilenet"]
    let paths = try names.map { name in
      guard let path = ProjectFiles.find("Models/\(name).onnx") else {
        throw FileError(.noInput, "Models/\(name).onnx: not found above the program or in the working folder")
      }
      return path
    }
    let compression = try compressed(paths[0])
    let networks = try zip(names, paths).map { name, path in
      try DemoNetwork(
        name: name, path: path, data: data, configurations: configurations, folder: output, seed: common.seed,
        context: context)
    }
    let search = try DemoSearch(networks, generations: generations, seed: common.seed, context: context)
    let comparisons = try zip(networks, search.rankings).map { network, ranking in
      (
        network: network.name,
        comparison: try DemoComparison(
          network: network, proxy: search.chosen.proxy, handcrafted: ranking.handcrafted, folder: output,
          seed: common.seed, context: context)
      )
    }
    try common.print(
      DemoReport(
        compression: compression, search: search, comparisons: comparisons, folder: output,
        seconds: Date().timeIntervalSince(start)))
  }

  /// The first part, as a report.
  private func compressed(_ model: String) throws -> CompressionReport {
    let path = "\(output)/fashion-resnet-compressed.onnx"
    let demo = try DemoCompression(
      model: model, data: data, output: path, seed: common.seed, context: common.context)
    return try CompressionReport(
      demo.result, file: demo.bits, costs: demo.space.costs.model, stages: demo.stages,
      originalBytes: AtomicFile.read(model).count, fileBytes: AtomicFile.read(path).count, output: path)
  }
}
