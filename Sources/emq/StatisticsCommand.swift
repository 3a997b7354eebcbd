import ArgumentParser
import Datasets
import Foundation
import Foundations
import LayerStatistics
import Reports
import Statistics
import Torch
import Workloads

struct StatisticsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics", abstract: "Compute the statistics that proxies are formulas over.",
    discussion: """
      Example: emq statistics model.onnx --data train.npz --preset cifar10 -o statistics.safetensors

      Writes tensors of each quantizable layer, batch norms kept apart, and what rounding each layer alone to --bits
      does under --rounding. Resumes with a file that is there already: what it lacks is added, such as another
      --rounding. Ctrl-C keeps what is complete. Images without labels get the network's own predictions. Seconds go
      into a file beside it, OUTPUT.seconds.json.

      JSON: output, layers, images, statistics (names), perturbations (roundings), piecewise_linear, seconds, and
      stages (name, seconds).
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Images, labelled if possible.")
  var data: String

  @Option(help: "How many images, drawn at random with the seed.")
  var images = 64

  @Option(help: "Which statistics, joined by commas; all where not given.")
  var statistics: String?

  @Flag(inversion: .prefixedNo, help: "Compute what rounding each layer alone does.")
  var perturbations = true

  @Option(help: "Random vectors for the Hessian's diagonal and traces, at most.")
  var probes = 100

  @Option(
    help: "The relative standard error of every layer's trace at which no more vectors are drawn; 0 for all.")
  var tolerance = 0.0

  @Flag(help: "Keep activations and their gradients image by image instead of averaged.")
  var keepBatch = false

  @Option(help: "Bits that weights may have.")
  var bits = "2,3,4"

  @Option(help: "Bits that layers' inputs may have.")
  var activationBits = "8"

  @Option(help: "Images that the rounding is calibrated on; those of --data where not given.")
  var calibration: String?

  @Option(name: [.short, .long], help: "The safetensors file to write or resume with.")
  var output: String

  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard images >= 2 else { throw ValidationError("--images is \(images); 2 or more are needed") }
    guard probes >= 2 else {
      throw ValidationError("--probes is \(probes); 2 or more are needed for a standard error")
    }
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance is \(tolerance); 0 or more is needed")
    }
  }

  func run() throws {
    let start = Date()
    let wanted = try Self.wanted(statistics)
    let (weightBits, activationBits) = try (
      bitList(bits, option: "--bits"), bitList(activationBits, option: "--activation-bits")
    )
    let (context, workload) = (common.context, try model.workload(preprocessing))
    let all = try Dataset.open(data)
    guard all.count >= images else {
      throw DatasetError("--images \(images): \(data) has only \(all.count) images", kind: .usage)
    }
    let options = StatisticsOptions(
      statistics: wanted, probes: probes, tolerance: tolerance, keepsBatch: keepBatch, seed: common.seed,
      threads: common.threads)
    let job = try StatisticsJob(
      workload, dataset: all.sample(images, seed: common.seed), options: options, context: context)
    var rounded: StatisticsJob.Perturbations?
    if perturbations {
      let calibrationSet = try quantizer.calibrationSet(calibration ?? data, seed: common.seed)
      let loaded = try workload.images(of: calibrationSet, needsLabels: false, context: context)
      rounded = .init(
        quantization: try workload.quantization(
          calibration: loaded, options: quantizer.options(seed: common.seed), context: context),
        calibration: calibrationSet.digest, weightBits: weightBits, activationBits: activationBits)
    }
    let found = try job.run(perturbations: rounded, path: output)
    try common.print(
      StatisticsReport(
        found, output: output, images: images, isPiecewiseLinear: workload.network.isPiecewiseLinear,
        seconds: Date().timeIntervalSince(start), stages: StatisticsSeconds(besides: output)?.stages ?? [:]))
  }

  /// Statistics named in a list; all where there is none.
  private static func wanted(_ list: String?) throws -> [Statistic] {
    guard let list else { return Statistic.allCases }
    return try list.split(separator: ",").map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      if let statistic = Statistic(rawValue: name) { return statistic }
      throw ValidationError(
        "--statistics: there is no statistic '\(name)'; "
          + nearestNames(to: name, among: Statistic.allCases.map(\.rawValue)))
    }
  }
}
