import ArgumentParser
import BenchmarkBuilding
import Benchmarks
import Datasets
import Foundation
import Reports
import Statistics
import Synchronization
import Workloads

extension ConfigurationSampler.Design: ExpressibleByArgument {}

struct BenchmarkBuildCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Measure random bit configurations of a network.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark build model.onnx --data test.npz --calibration train.npz --preset cifar10 --configurations 425
          --bits 2,3,4 --activation-bits 8 --rounding gptq -o b.sqlite

      The first and last layer keep 8 bits. Run again, the same command resumes where it was stopped; several processes may
      run it at once on the same file. Statistics for proxies go to <output>.statistics.safetensors.

      JSON:
        output, configurations, float_top1, seconds
        measuring_seconds and images_per_second: of what this process measured
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "Labelled images to measure on.")
  var data: String

  @Option(help: "Use the first N of them only.")
  var images: Int?

  @Option(
    help: """
      Average kl and agreement, which need no labels, over so many views of each image (mirrored, shifted), up to 8: \
      less noise.
      """)
  var views = 1

  @Option(help: "Images to calibrate activations and compute statistics on; other ones than those of --data.")
  var calibration: String

  @Option(help: "How many configurations.")
  var configurations = 425

  @Option(help: "Candidate bits of weights.")
  var bits = "2,3,4"

  @Option(help: "Candidate bits of activations; with several, the first and last layer have the most.")
  var activationBits = "8"

  @Option(help: "How configurations are spread: random, or stratified evenly over average bits.")
  var design: ConfigurationSampler.Design = .random

  @Flag(inversion: .prefixedNo, help: "Collect the statistics that proxies are computed from.")
  var statistics = true

  @Option(name: [.short, .long], help: "The SQLite file to write or resume with.")
  var output: String

  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard configurations >= 1, images.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--configurations and --images need 1 or more")
    }
    guard (1...ImageView.count).contains(views) else {
      throw ValidationError("--views is \(views); 1 to \(ImageView.count) are possible")
    }
  }

  static var followedName: String { "benchmark build" }
  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let start = Date()
    let context = common.context
    let evaluation = try Dataset.open(data)
    let input = try model.workload(preprocessing, data: evaluation)
    let weightBits = try bitList(bits, option: "--bits")
    let activationBits = try bitList(activationBits, option: "--activation-bits")
    let sampler = try ConfigurationSampler(
      costs: input.network.costs,
      candidates: weightBits, activationCandidates: activationBits, design: design, seed: common.seed)
    let drawn = try sampler.configurations(configurations)
    let calibrationSet = try quantizer.calibrationSet(calibration, seed: common.seed)
    let workload = try BenchmarkWorkload(
      input, model: model.model, evaluation: evaluation, images: images, views: views,
      calibration: calibrationSet, options: quantizer.options(seed: common.seed), context: context)
    let description = workload.description(of: sampler)
    let store = try SQLiteBenchmarkStore(path: output, description: description)
    let statisticsPath = BenchmarkFile.statisticsPath(of: output)
    if statistics {
      let job = try StatisticsJob(
        input, dataset: calibrationSet.prefix(64),
        options: StatisticsOptions(seed: common.seed, threads: common.threads), context: context)
      _ = try job.run(
        perturbations: .init(
          quantization: workload.builder.quantization, calibration: calibrationSet.digest,
          weightBits: weightBits,
          activationBits: activationBits), path: statisticsPath)
    }
    let clock = try workload.builder.build(
      drawn, uniform: sampler.uniformConfigurations(), store: store, storeName: output, context: context)
    try common.print(
      BenchmarkBuildReport(
        output: output, configurations: configurations, floatTop1: description.floatTop1,
        seconds: Date().timeIntervalSince(start), measuringSeconds: clock.seconds,
        imagesPerSecond: clock.rate.map { $0 * Double(workload.evaluation.count) }, unit: evaluation.unit))
  }
}
