import Allocation
import ArgumentParser
import Benchmarks
import BitModel
import Foundation
import Foundations
import LayerStatistics
import Network
import Proxies
import Quantization
import RankStatistics
import Reports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Measure bits that different proxies choose within the same budget.",
    discussion: """
      Example: emq compare model.onnx --data train.npz --test test.npz --preset cifar10 --budget 3bits

      Rows: the float network, the largest uniform bits within a size, random bits of that size (the lower median of 8),
      what each proxy chooses, and how the first proxy differs from it on the same images, with the paired standard
      error. Without --proxies: Models/proxies/extended.json, Models/proxies/paper.json and all handcrafted ones. Nothing
      is chosen on the test images.

      JSON: rows (name, kind, size_mib, bitops_g, top1, difference and standard_error (of the first proxy, points),
      configuration), images, seconds.
      """)

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

  private struct Entry {
    let name: String
    let kind: String
    let configuration: BitConfiguration?
    let evaluation: Evaluation
  }

  func run() throws {
    let start = Date()
    if let csv {
      try AtomicFile.requireWritable(csv, keeping: [model.model, data, test, allocation.latency])
    }
    let chosen = try chosenProxies()
    let compression = try Compression(
      model: model, data: data, test: test, wantsValidation: false, allocation: allocation,
      quantizer: quantizer, preprocessing: preprocessing, common: common)
    for (label, proxy) in chosen where !proxy.seesChoices(of: compression.space) {
      Console.error("emq: \(label): does not see bits of layers' inputs, so it is left out")
    }
    let bounds = try compression.space.bounds(allocation.budgets())
    let statistics = try statistics(compression, chosen.map(\.1))
    let (batches, labels) = (compression.images.proof.batches, compression.images.proofLabels)
    var known: [BitConfiguration: Evaluation] = [:]
    func entry(_ name: String, _ kind: String, _ configuration: BitConfiguration) throws -> Entry {
      let found =
        try known[configuration]
        ?? compression.evaluation(of: compression.quantized(configuration), on: batches, labels: labels)
      known[configuration] = found
      return Entry(name: name, kind: kind, configuration: configuration, evaluation: found)
    }
    var entries = [
      Entry(
        name: "float", kind: "float", configuration: nil,
        evaluation: try compression.floatEvaluation(on: batches, labels: labels))
    ]
    let bar = Console.progressBar("configurations")
    defer { bar.finish() }
    let counter = ProgressCounter(total: chosen.count + random + 1, handler: bar.handler)
    for (name, configuration) in try references(compression.space, bounds) {
      entries.append(try entry(name, "reference", configuration))
      counter.advance()
    }
    for (label, proxy) in chosen {
      defer { counter.advance() }
      do {
        let allocated = try compression.allocator(proxy, statistics).best(within: bounds)
        entries.append(try entry(label, "proxy", allocated.configuration))
      } catch let error as ProxyError {
        Console.error("emq: \(label): \(error.description)")
      } catch let error as AllocationError {
        Console.error("emq: \(label): \(error.description)")
      }
    }
    entries = Self.medianOfRandom(entries)
    let table = table(entries, costs: compression.space.costs.model)
    if let csv { try AtomicFile.write(Data(table.csv().utf8), to: csv) }
    let seconds = Date().timeIntervalSince(start)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "rows": .list(table.jsonRows().map { .object($0) }), "images": .integer(labels.count),
          "seconds": .number(seconds),
        ]).rendered())
    case .table:
      Console.output(table.rendered())
      Console.output("\(labels.count) images (\(compression.images.origin)); \(Int(seconds)) s")
    }
  }

  private func chosenProxies() throws -> [(String, ChosenProxy)] {
    if let proxies {
      return try proxies.split(separator: ";").map { part in
        let text = part.trimmingCharacters(in: .whitespaces)
        let label = text.hasSuffix(".json") ? URL(fileURLWithPath: text).lastPathComponent : text
        return (label, try ChosenProxy(text))
      }
    }
    let shipped = ["extended", "paper"].compactMap { name in
      ProjectFiles.find("Models/proxies/\(name).json").map { ("\(name).json", $0) }
    }
    return try shipped.map { ($0, try ChosenProxy($1)) }
      + HandcraftedProxy.all.map { ($0.name, ChosenProxy($0)) }
  }

  /// Statistics of weights, gradients and second derivatives on few images, and what rounding does on more.
  private func statistics(_ compression: Compression, _ proxies: [ChosenProxy]) throws -> NetworkStatistics {
    let count = min(gradientImages, compression.images.chosenBy.count)
    var result = try compression.statistics(for: proxies, images: count, path: nil, wantsPerturbations: false)
    guard proxies.contains(where: { !$0.perturbations.isEmpty }) else { return result }
    result.perturbations = try compression.statistics(
      for: proxies, images: images, path: nil, wantsTensors: false
    ).perturbations
    return result
  }

  /// Uniform and random bits of the size.
  private func references(
    _ space: AllocationSpace, _ bounds: [ResourceBound]
  ) throws -> [(String, BitConfiguration)] {
    var result: [(String, BitConfiguration)] = []
    let free = space.choices.filter { $0.count > 1 }.joined()
    let bits = Set((free.isEmpty ? space.choices.joined() : free).map(\.weightBits)).sorted()
    let uniform = bits.reversed().lazy.compactMap { bits -> (String, BitConfiguration)? in
      let positions = space.choices.map { choices in
        choices.lastIndex { $0.weightBits == bits } ?? choices.count - 1
      }
      let configuration = space.configuration(positions)
      guard (try? space.keeps(bounds, configuration)) == true else { return nil }
      return ("uniform \(bits) bits", configuration)
    }.first
    if let uniform { result.append(uniform) }
    guard random > 0, !free.isEmpty, allocation.tie.isEmpty, allocation.fix.isEmpty,
      allocation.outerBits == "8",
      let size = bounds.first(where: { $0.resource == .size }), bounds.count == 1
    else { return result }
    let sampler = try ConfigurationSampler(
      costs: space.costs.model, candidates: Set(free.map(\.weightBits)).sorted(),
      activationCandidates: Set(free.map(\.activationBits)).sorted(), seed: common.seed)
    result += sampler.configurations(ofSizeInBits: Int(min(size.bound, 1e15)), count: random).map {
      ("random", $0)
    }
    return result
  }

  /// Random rows replaced by the lower median of them.
  private static func medianOfRandom(_ entries: [Entry]) -> [Entry] {
    let random = entries.filter { $0.name == "random" }.sorted { $0.evaluation.top1 < $1.evaluation.top1 }
    guard !random.isEmpty else { return entries }
    let median = random[(random.count - 1) / 2]
    let row = Entry(
      name: "random, median of \(random.count)", kind: "reference", configuration: median.configuration,
      evaluation: median.evaluation)
    let others = entries.filter { $0.name != "random" }
    let position = others.lastIndex { $0.kind != "proxy" } ?? 0
    return others[...position] + [row] + others[(position + 1)...]
  }

  private func table(_ entries: [Entry], costs: CostModel) -> Table {
    var table = Table(columns: [
      ("bits by", "name"), ("", "kind"), ("MiB", "size_mib"), ("G BitOps", "bitops_g"), ("top-1 %", "top1"),
      ("first proxy's lead", "difference"), ("± se", "standard_error"), ("bits of layers", "configuration"),
    ])
    let first = entries.first { $0.kind == "proxy" }?.evaluation
    let float = BitConfiguration.float(count: costs.layers.count)
    for entry in entries {
      let configuration = entry.configuration ?? float
      let lead = first.map { PairedDifference($0.correct, entry.evaluation.correct) }
      table.append([
        .text(entry.name), .text(entry.kind), .number(costs.sizeInMiB(configuration), decimals: 4),
        .number(costs.bitOperations(configuration), decimals: 3),
        .number(100 * entry.evaluation.top1, decimals: 2),
        lead.map { .number(100 * $0.mean, decimals: 2) } ?? .missing,
        lead.map { .number(100 * $0.standardError, decimals: 2) } ?? .missing,
        .text(entry.configuration?.weightBits.map(String.init).joined(separator: ",") ?? ""),
      ])
    }
    return table
  }
}
