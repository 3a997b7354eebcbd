import ArgumentParser
import Datasets
import Foundation
import MQBench
import Network
import ONNX
import Quantization
import Reports
import Support

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure the accuracies of random bit configurations.",
    subcommands: [BenchmarkBuildCommand.self, BenchmarkShowCommand.self])

  /// Where the statistics that belong to a benchmark lie.
  static func statisticsPath(of benchmark: String) -> String { benchmark + ".statistics.safetensors" }
}

struct BenchmarkBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Measure random bit configurations of a network.",
    discussion: """
      Example: emq benchmark build model.onnx --data test.npz --calibration train.npz --preset cifar10 \\
                 --configurations 425 --bits 2,3,4 --activation-bits 8 -o b.sqlite

      The first and last layer keep 8 bits. Run again, the same command goes on where it was stopped. Statistics
      for proxies go to <output>.statistics.safetensors. JSON: output, configurations, float_top1, seconds.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Labelled images to measure on.")
  var data: String

  @Option(help: "Use the first N of them only.")
  var images: Int?

  @Option(help: "Images to calibrate activations and compute statistics on; other ones than those of --data.")
  var calibration: String

  @Option(help: "How many of them, drawn at random with the seed.")
  var calibrationImages = 256

  @Option(help: "How many configurations.")
  var configurations = 425

  @Option(help: "Candidate bits of weights.")
  var bits = "2,3,4"

  @Option(help: "Bits of all activations.")
  var activationBits = 8

  @Option(name: [.short, .long], help: "The SQLite file to write or go on with.")
  var output: String

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard configurations >= 1, calibrationImages >= 1, images.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--configurations, --images and --calibration-images need 1 or more")
    }
  }

  func run() throws {
    let start = Date()
    let source = try Model(contentsOf: model.model)
    let network = try model.network(of: source)
    let preprocessing = try preprocessing.preprocessing(for: source)
    let calibrationSet = try Dataset.open(calibration).sample(calibrationImages, seed: common.seed)
    let workload = try BenchmarkWorkload(
      source: source, name: model.name, inputShape: model.shape(), evaluation: Dataset.open(data),
      images: images,
      calibration: calibrationSet, preprocessing: preprocessing, threads: common.threads)
    let description = try workload.description(
      model: model.model, network: network.digest(), bits: integerList(bits, option: "--bits"),
      activationBits: activationBits, seed: common.seed)
    let sampler = try ConfigurationSampler(
      costs: description.costs, candidates: description.weightBits, activationBits: activationBits,
      seed: common.seed)
    let drawn = try sampler.configurations(configurations)
    let store = try SQLiteBenchmarkStore(path: output, description: description)
    let statisticsPath = BenchmarkCommand.statisticsPath(of: output)
    if !FileManager.default.fileExists(atPath: statisticsPath) {
      try StatisticsCommand.collect(
        network: network, dataset: calibrationSet.prefix(64), preprocessing: preprocessing, probes: 64,
        common: common
      ).write(to: statisticsPath)
    }
    let isComplete = try Console.withProgress("benchmark") {
      try workload.builder.build(drawn, store: store, progress: $0, isCancelled: { Interruption.isRequested })
    }
    guard isComplete else {
      Console.error("emq: interrupted; the same command goes on with \(output)")
      throw Interruption.exitCode
    }
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "output": .text(output), "configurations": .integer(configurations),
          "float_top1": .number(description.floatTop1), "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output("\(output): \(configurations) configurations in \(String(format: "%.1f", seconds)) s")
    }
  }
}

/// A network with its images, ready to be measured.
struct BenchmarkWorkload {
  let builder: BenchmarkBuilder
  let evaluation: BenchmarkDescription.ImageSet
  let calibration: BenchmarkDescription.ImageSet

  init(
    source: Model, name: String, inputShape: [Int]?, evaluation: Dataset, images: Int?, calibration: Dataset,
    preprocessing: Preprocessing, threads: Int
  ) throws {
    let network = try Network(source, name: name, inputShape: inputShape)
    let calibrationImages = try LoadedImages(
      calibration, network: network, preprocessing: preprocessing, needsLabels: false, threads: threads)
    let evaluationImages = try LoadedImages(
      evaluation, network: network, preprocessing: preprocessing, needsLabels: true, limit: images,
      threads: threads)
    let quantization = try PostTrainingQuantization(
      source, name: name, inputShape: inputShape, calibration: calibrationImages.batches, threads: threads)
    builder = try BenchmarkBuilder(
      quantization: quantization, images: evaluationImages.batches, labels: evaluationImages.labels,
      threads: threads)
    self.evaluation = .init(
      path: evaluation.path, digest: evaluation.digest, count: evaluationImages.labels.count)
    self.calibration = .init(path: calibration.path, digest: calibration.digest, count: calibration.count)
  }

  func description(
    model: String, network: String, bits: [Int], activationBits: Int, seed: UInt64
  ) -> BenchmarkDescription {
    BenchmarkDescription(
      model: model, network: network, costs: builder.quantization.costs, evaluation: evaluation,
      calibration: calibration, weightBits: bits, activationBits: activationBits,
      rounding: "nearest, MSE scale per channel, batch norms folded, activations min-max", seed: seed,
      floatTop1: builder.reference.top1)
  }
}

struct BenchmarkShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a benchmark's accuracies and its noise ceiling.",
    discussion: """
      Example: emq benchmark show b.sqlite

      JSON: configurations, images, float_top1, top1 (least, median, greatest; shares), noise_ceiling, rows
      (configuration, average_bits, top1, loss, agreement).
      """)

  @Argument(help: "The benchmark.")
  var benchmark: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let store = try SQLiteBenchmarkStore(opening: benchmark)
    let rows = try store.rows()
    guard !rows.isEmpty else {
      throw BenchmarkError("\(benchmark): has no rows yet; `emq benchmark build` adds them")
    }
    let description = store.description
    let top1 = rows.map(\.top1).sorted()
    let ceiling = NoiseCeiling.top1(rows, imageCount: description.evaluation.count, seed: common.seed)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "configurations": .integer(rows.count), "images": .integer(description.evaluation.count),
          "float_top1": .number(description.floatTop1),
          "top1": .object([
            "least": .number(top1[0]), "median": .number(top1[top1.count / 2]),
            "greatest": .number(top1[top1.count - 1]),
          ]), "noise_ceiling": ceiling.map { .number($0) } ?? .null,
          "rows": .list(
            rows.map { row in
              .object([
                "configuration": .text(row.configuration.description),
                "average_bits": .number(description.costs.averageBits(row.configuration.weightBits)),
                "top1": .number(row.top1), "loss": .number(row.loss), "agreement": .number(row.agreement),
              ])
            }),
        ]).rendered())
    case .table:
      Console.output(
        "\(rows.count) configurations of \(description.model), top-1 % on \(description.evaluation.count) images"
      )
      Console.output(Histogram(top1.map { 100 * $0 }).rendered())
      let text = ceiling.map { String(format: "%.3f", $0) } ?? "not defined"
      Console.output(
        "float \(String(format: "%.2f", 100 * description.floatTop1)), median \(String(format: "%.2f", 100 * top1[top1.count / 2]));"
          + " noise ceiling of Spearman's ρ: \(text)")
    }
  }
}
