import ArgumentParser
import Benchmarks
import Compression
import Datasets
import Foundation
import Foundations
import LayerStatistics
import PostgreSQLBenchmarks
import Proxies
import Reports
import Statistics
import Workloads

struct StatisticsCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics", abstract: "Compute the statistics that proxies are formulas over.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq statistics model.onnx --data train.npz --preset cifar10 -o statistics.safetensors
        emq statistics model.onnx --data train.npz --preset cifar10 --for default -o statistics.safetensors

      Writes tensors of each quantizable layer, batch norms kept apart, what rounding each layer alone to --bits does under
      --rounding, and what single and paired changes of bits do to outputs, seen from a background (responses). With --for,
      what a proxy takes and nothing else; images and interactions are then chosen by effort. Resumes with a file that is
      there already: what it lacks is added, such as another --rounding. Ctrl-C keeps what is complete. Images without labels
      get the network's own predictions. Seconds go into a file beside it, OUTPUT.seconds.json.

      JSON:
        output, layers, images, piecewise_linear, seconds
        statistics: names
        perturbations: roundings
        responses: background, window, runs, images, forward_passes
        stages: name, seconds
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "Images, labelled if possible.")
  var data: String

  @Option(help: "How many images, drawn at random with the seed; 64 where not given and without --for.")
  var images: Int?

  @Option(name: .customLong("for"), help: "A proxy whose statistics alone are computed, such as default.")
  var proxy: [String] = []

  @Option(help: "Which statistics, joined by commas; all where not given.")
  var statistics: String?

  @Flag(inversion: .prefixedNo, help: "Compute what rounding each layer alone does.")
  var perturbations = true

  @Flag(inversion: .prefixedNo, help: "Compute responses to changes of bits.")
  var responses = true

  @Option(help: "The background of responses: float or uniform:B; what is taken where not given.")
  var background: [String] = []

  @Option(
    help: "Interactions of layers: none, all or window:W; as many as the effort allows where not given.")
  var interactions: String?

  @Option(help: "A benchmark whose configurations are run on the images, too, for a comparison in emq rank.")
  var measure: String?

  @Option(help: "Seconds that responses may take, by which images and interactions are chosen.")
  var seconds: Double?

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
    guard images ?? 2 >= 2 else { throw ValidationError("--images is \(images ?? 0); 2 or more are needed") }
    guard probes >= 2 else {
      throw ValidationError("--probes is \(probes); 2 or more are needed for a standard error")
    }
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance is \(tolerance); 0 or more is needed")
    }
    if let seconds, !(seconds > 0) { throw ValidationError("--seconds is \(seconds); more than 0 is needed") }
  }

  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let start = Date()
    let request = try request()
    let data = try Dataset.open(self.data)
    let (context, workload) = (common.context, try model.workload(preprocessing, data: data))
    let found = try request.run(
      workload, data: data,
      calibration: quantizer.calibrationSet(calibration ?? self.data, seed: common.seed),
      quantization: quantizer.options(seed: common.seed), path: output, context: context)
    try common.print(
      StatisticsReport(
        found, output: output, isPiecewiseLinear: workload.network.isPiecewiseLinear,
        unit: data.unit,
        seconds: Date().timeIntervalSince(start), stages: StatisticsSeconds(besides: output)?.stages ?? [:]))
  }

  private func request() throws -> StatisticsRequest {
    let options = StatisticsOptions(
      statistics: try statistics.map(Statistic.list) ?? Statistic.allCases, probes: probes,
      tolerance: tolerance, keepsBatch: keepBatch,
      seed: common.seed, threads: common.threads)
    var request =
      proxy.isEmpty
      ? StatisticsRequest(options: options)
      : StatisticsRequest(for: try proxy.map(ProxyCatalog.standard.proxy), options: options)
    request.images = images ?? request.images
    request.weightBits = try bitList(bits, option: "--bits")
    request.activationBits = try bitList(activationBits, option: "--activation-bits")
    request.seconds = seconds
    request.measured = try measure.map { try BenchmarkFile(opening: $0).rows.map(\.configuration) } ?? []
    if !perturbations { request.perturbations = [] }
    if !responses { request.responses = nil }
    if let interactions { request.responses?.interactions = try .init(interactions) }
    if !background.isEmpty { request.responses?.parts = try background.map { try .init($0) } }
    return request
  }
}
