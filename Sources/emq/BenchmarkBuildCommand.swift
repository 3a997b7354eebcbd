import ArgumentParser
import BenchmarkBuilding
import Benchmarks
import Datasets
import Foundation
import Foundations
import PostgreSQL
import PostgreSQLBenchmarks
import Reports
import SharedStore
import Statistics
import Workers
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
        emq benchmark build model.onnx --data test.npz --calibration train.npz --preset cifar10
          --store postgres://builder@db01/emq#resnet20 --enqueue

      The first and last layer keep 8 bits. Run again, the same command resumes where it was stopped; several processes may
      run it at once on the same file. Statistics for proxies go to <output>.statistics.safetensors.

      --store puts the benchmark, the model and the images into a PostgreSQL database, under the name after the #, for emq worker
      on any machine to work on; this process is one of the workers unless --enqueue is given. Passwords belong in ~/.pgpass or
      the file that PGPASSFILE names.

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
  var output: String?

  @Option(
    help: ArgumentHelp(
      "In place of --output, the store to write or resume with: postgres://host/database#name.",
      valueName: "url"))
  var store: String?

  @Flag(help: "With --store, only put the work in, for workers to do.")
  var enqueue = false

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
    guard (output == nil) != (store == nil) else {
      throw ValidationError("--output FILE or --store URL is needed, one of them")
    }
    guard store != nil || !enqueue else { throw ValidationError("--enqueue needs --store") }
  }

  static var followedName: String { "benchmark build" }
  var followedOutput: FollowedOutput? { output.map { .file($0) } }

  func run() throws {
    let start = Date()
    let context = common.context
    // A store that cannot be had is said to be so before any work.
    let address = try store.map { try PostgreSQLAddress($0) }
    let shared = try address.map { try SharedStore($0, context: context) }
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
    let place = output ?? address?.description ?? ""
    let uniform = sampler.uniformConfigurations()
    func collectStatistics(_ path: String) throws {
      let job = try StatisticsJob(
        input, dataset: calibrationSet.prefix(64),
        options: StatisticsOptions(seed: common.seed, threads: common.threads), context: context)
      _ = try job.run(
        perturbations: .init(
          quantization: workload.builder.quantization, calibration: calibrationSet.digest,
          weightBits: weightBits,
          activationBits: activationBits), path: path)
    }
    let clock: MeasuringClock?
    if let address, let shared {
      var stored = try PostgreSQLBenchmarkStore(
        address.name, description: description, version: shared.version, in: shared)
      if statistics, stored.benchmark.statistics == nil {
        try TemporaryFolder.with { folder in
          let path = "\(folder)/statistics.safetensors"
          try collectStatistics(path)
          try stored.keepStatistics(shared.add(AtomicFile.read(path)))
        }
      }
      stored = try BenchmarkJob.enqueue(
        workload, drawn: drawn, uniform: uniform, in: stored, context: context)
      clock =
        enqueue
        ? nil
        : try workload.builder.build(
          stored.enqueued(.drawn), uniform: stored.enqueued(.uniform), store: stored, storeName: stored.name,
          context: context)
    } else {
      let store = try SQLiteBenchmarkStore(path: place, description: description)
      if statistics { try collectStatistics(BenchmarkFile.statisticsPath(of: place)) }
      clock = try workload.builder.build(
        drawn, uniform: uniform, store: store, storeName: place, context: context)
    }
    try common.print(
      BenchmarkBuildReport(
        output: place, configurations: configurations, floatTop1: description.floatTop1,
        seconds: Date().timeIntervalSince(start), measuringSeconds: clock?.seconds,
        imagesPerSecond: clock?.rate.map { $0 * Double(workload.evaluation.count) }, unit: evaluation.unit))
  }
}
