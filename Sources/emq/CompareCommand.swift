import ArgumentParser
import Benchmarks
import Compression
import Datasets
import Foundation
import Foundations
import HTMLReports
import Proxies
import Reports
import Torch

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Measure bits that different proxies choose within the same budget.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq compare model.onnx --data train.npz --test test.npz --preset cifar10 --budget 3bits
        emq compare model.onnx --data train.npz --preset cifar10 --budget 2.5bits --report comparison.html

      Rows: the float network, the largest uniform bits within a size, random bits of that size (the lower median of 8), what
      each proxy chooses, and how the first proxy differs from it on the same images, with the paired standard error. Without
      --proxies: the two that come with the program and all handcrafted ones. Nothing is chosen on the test images.

      JSON:
        rows: name, kind, size_mib, bitops_g, top1, agreement, difference and standard_error (of the first proxy, points),
          configuration
        images, seconds
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "Images that bits and roundings are chosen by.")
  var data: String

  @Option(help: "Labelled images that accuracies are measured on; a fifth of --data where not given.")
  var test: String?

  @OptionGroup var allocation: AllocationOptions

  @Option(help: "Proxies joined by semicolons: names, formulas, folders of searches or .json files.")
  var proxies: String?

  @Option(help: "Random configurations.")
  var random = 8

  @Option(help: "Images to compute what rounding does on; by default 32 to 512.")
  var images: Int?

  @Option(help: "Images to compute gradients and second derivatives on.")
  var gradientImages = 64

  @Option(help: "A CSV file of the table to write.")
  var csv: String?

  @OptionGroup var reportOptions: ReportOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !allocation.budget.isEmpty else {
      throw ValidationError("--budget is missing, such as 3bits, 1.5MiB or bitops=0.5G")
    }
    guard random >= 0, random <= 10_000 else {
      throw ValidationError("--random is \(random); 0 to 10000 are possible")
    }
    guard gradientImages >= 2, images.map({ $0 >= 2 }) ?? true else {
      throw ValidationError("--images and --gradient-images need 2 or more")
    }
  }

  func run() throws {
    let start = Date()
    let inputs = [model.model, data, test, allocation.latency]
    if let csv { try AtomicFile.requireWritable(csv, keeping: inputs) }
    try reportOptions.requireWritable(keeping: inputs, besides: [csv])
    let data = try Dataset.open(self.data)
    let workload = try model.workload(preprocessing, data: data)
    let request = try CompressionRequest(
      data: data, test: test.map { try Dataset.open($0) },
      space: allocation.space(of: workload.network, context: common.context), budgets: allocation.budgets(),
      quantization: quantizer.options(seed: common.seed, defaultRounding: CompressionRequest.defaultRounding),
      calibrationImages: quantizer.calibrationImages, seed: common.seed)
    let compression = try Compression(workload, request, context: common.context)
    let comparison = ProxyComparison(
      compression, proxies: try chosenProxies(), randomCount: random, seed: common.seed)
    let statistics = try comparison.statistics(images: images, gradientImages: gradientImages)
    let report = ComparisonReport(
      try comparison.entries(statistics), costs: compression.space.costs.model,
      images: compression.images.proof.count, unit: data.unit, origin: compression.images.origin,
      seconds: Date().timeIntervalSince(start))
    if let csv { try AtomicFile.write(Data(report.table.csv().utf8), to: csv) }
    try reportOptions.write { ComparisonPage(report, model: workload.name).page }
    try common.print(report)
  }

  private func chosenProxies() throws -> [ProxyComparison.Named] {
    guard let proxies else { return try ProxyComparison.allProxies() }
    return try proxies.split(separator: ";").map { part in
      let text = part.trimmingCharacters(in: .whitespaces)
      let label = text.hasSuffix(".json") ? URL(fileURLWithPath: text).lastPathComponent : text
      return (label, try ProxyCatalog.standard.proxy(text))
    }
  }
}
