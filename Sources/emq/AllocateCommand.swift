import Allocation
import ArgumentParser
import Compression
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Quantization
import Reports

extension Resource: ExpressibleByArgument {
  /// Finds the resource of a name.
  public init?(argument: String) {
    guard let resource = Resource.registered.first(where: { $0.name == argument }) else { return nil }
    self = resource
  }

  /// The name.
  public var defaultValueDescription: String { name }

  /// All names.
  public static var allValueStrings: [String] { registered.map(\.name) }
}

struct AllocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocate", abstract: "Choose each layer's bits within budgets, exactly.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq allocate model.onnx --statistics s.safetensors --budget 3bits -o bits.json
        emq allocate model.onnx --statistics s.safetensors --budget 0.1MiB --budget bitops=0.4G -o bits.json
        emq allocate model.onnx --statistics s.safetensors --sweep 25 --plot front.svg -o front.csv

      The proxy is the one that comes with the program unless --proxy names another; emq statistics --for default computes
      what it takes. Bits are chosen by integer programming and proven optimal where the proxy is a sum over layers, else by
      climbing from several starts; the output says which. --sweep writes the best choices from the least to the greatest size
      (--over names another resource) as CSV.

      JSON:
        output, proxy, budget, score
        method: exact, exhaustive or local_search
        gap: 0 where proven optimal, null where nothing is proven
        size_mib, average_bits, inner_average_bits (without the outer layers), bitops_g, activations_kib, latency_ms
        layers: name, weight_bits, activation_bits

      JSON with --sweep:
        output, proxy, over
        points: the same keys without layers, but with configuration
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "A handcrafted proxy's name, a formula, the folder of a search, or a proxy's .json file.")
  var proxy: String?

  @Option(help: "The network's statistics, from emq statistics or beside a benchmark.")
  var statistics: String

  @Option(help: "Which rounding's perturbation statistics are meant, where the file has several.")
  var rounding: Rounding?

  @OptionGroup var allocation: AllocationOptions

  @Option(help: "Write the best choices for so many budgets, from the least to the greatest.")
  var sweep: Int?

  @Option(help: "Which resource --sweep varies: size, bitops, activations or latency.")
  var over: Resource = .size

  @Option(help: "A chart of the sweep to write, .svg or .png.")
  var plot: String?

  @Option(name: [.short, .long], help: "The file of bits to write; with --sweep, the CSV file.")
  var output: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let sweep {
      guard (2...10_000).contains(sweep) else {
        throw ValidationError("--sweep is \(sweep); 2 to 10000 points are possible")
      }
    } else {
      guard !allocation.budget.isEmpty else {
        throw ValidationError("--budget is missing, such as 3bits, 1.5MiB or bitops=0.5G")
      }
      guard plot == nil else { throw ValidationError("--plot draws a sweep; --sweep is missing") }
    }
  }

  func run() throws {
    let inputs = [model.model, statistics, proxy, allocation.latency]
    try AtomicFile.requireWritable(output, keeping: inputs)
    if let plot { try AtomicFile.requireWritable(plot, keeping: inputs) }
    let budgets = try allocation.budgets()
    let chosen = try proxy.map { try ProxyCatalog.standard.proxy($0) } ?? DefaultProxy()
    let network = try model.floatNetwork()
    let statistics = try NetworkStatistics(contentsOf: statistics)
    guard statistics.layerNames == network.layers.map(\.name) else {
      throw AllocationError("the statistics are of other layers than those of \(model.name)")
    }
    let space = try allocation.space(of: network, context: common.context)
    let bounds = try space.bounds(budgets)
    let allocator = try ProxyAllocator(
      space: space, proxy: chosen, statistics, roundingNamed: rounding?.name, seed: common.seed)
    if let sweep { return try write(sweep: sweep, allocator, bounds, chosen) }
    let best = try allocator.best(within: bounds)
    let file = try BitsFile(proxy: chosen.name, budgets: budgets, costs: space.costs, allocation: best)
    try file.write(to: output)
    try common.print(AllocationReport(file, score: best.score, costs: space.costs.model, output: output))
  }

  private func write(
    sweep: Int, _ allocator: ProxyAllocator, _ bounds: [ResourceBound], _ chosen: any ScoringProxy
  ) throws {
    let points = try common.context.stage("sweep") {
      try allocator.sweep(
        over, within: bounds, count: sweep, progress: $0, isCancelled: common.context.isCancelled)
    }
    guard let points else { throw WorkInterrupted() }
    let report = try SweepReport(
      points, costs: allocator.space.costs, over: over, proxy: chosen.name, output: output)
    if let plot { try report.chart.write(to: plot) }
    try AtomicFile.write(Data(report.table.csv().utf8), to: output)
    try common.print(report)
  }
}
