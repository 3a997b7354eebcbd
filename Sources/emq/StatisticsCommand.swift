import ArgumentParser
import Datasets
import Foundation
import Network
import ONNX
import Reports
import Statistics
import Support
import Torch

struct StatisticsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics", abstract: "Compute the statistics that proxies are formulas over.",
    discussion: """
      Example: emq statistics model.onnx --data train.npz --preset cifar10 -o statistics.safetensors

      Writes weight, gradient, activation, hessian (diagonal) and synflow of each quantizable layer, batch norms
      kept apart. Images without labels get the network's own predictions. JSON: output, layers, images,
      probes, seconds.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Images, labelled if possible.")
  var data: String

  @Option(help: "How many images, drawn at random with the seed.")
  var images = 64

  @Option(help: "Random vectors for the Hessian's diagonal.")
  var probes = 64

  @Option(name: [.short, .long], help: "The safetensors file to write.")
  var output: String

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard images >= 1, probes >= 1 else { throw ValidationError("--images and --probes need 1 or more") }
  }

  func run() throws {
    let start = Date()
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let preprocessing = try preprocessing.preprocessing(for: source)
    let statistics = try Self.collect(
      network: network, dataset: Dataset.open(data).sample(images, seed: common.seed),
      preprocessing: preprocessing, probes: probes, common: common)
    try statistics.write(to: output)
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "output": .text(output), "layers": .integer(network.layers.count), "images": .integer(images),
          "probes": .integer(probes), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output(
        "\(output): 5 statistics of \(network.layers.count) layers in \(String(format: "%.1f", seconds)) s")
    }
  }

  /// All statistics on all images of a data set, as one batch.
  static func collect(
    network: Network, dataset: Dataset, preprocessing: Datasets.Preprocessing, probes: Int,
    common: CommonOptions
  ) throws -> NetworkStatistics {
    let loaded = try LoadedImages(
      dataset, network: network, preprocessing: preprocessing, needsLabels: dataset.labels != nil,
      threads: common.threads)
    var labels = loaded.labels
    if labels.isEmpty {
      let logits = try network.logits(batches: loaded.batches, threads: common.threads)
      labels = try Evaluation(logits: logits, labels: [Int](repeating: 0, count: dataset.count)).predictions
    }
    let images = try Tensor.concatenated(loaded.batches, dimension: 0)
    let collector = StatisticsCollector(network: network, images: images, labels: labels)
    let options = StatisticsOptions(probes: probes, seed: common.seed, threads: common.threads)
    return try Console.withProgress("statistics") {
      try collector.collect(
        options,
        origin: [
          "network": try network.digest(), "data": dataset.digest, "images": String(dataset.count),
          "probes": String(probes), "seed": String(common.seed),
        ], progress: $0)
    }
  }
}
