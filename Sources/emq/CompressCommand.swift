import Allocation
import ArgumentParser
import BitModel
import Foundation
import Foundations
import LayerStatistics
import Network
import ONNX
import Proxies
import Quantization
import Reports

struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Make a network smaller: statistics, bits, rounding, export and proof in one.",
    discussion: """
      Example: emq compress model.onnx --data train.npz --test test.npz --preset cifar10 --budget 3bits -o small.onnx
               emq compress model.onnx --data images --preset imagenet --accuracy-drop 1 -o small.onnx

      Weights are rounded by gptq unless --rounding says otherwise; with --exact, bits are chosen by layers rounded by
      themselves, and the result is rounded layer after layer.

      --data is what bits and roundings are chosen by; labels help, but are not needed. The result is proven on --test,
      or on a fifth of --data that is kept apart. --accuracy-drop searches the smallest size on one half of these images
      and proves it on the other. Statistics are kept in OUTPUT.statistics.safetensors until the end, so that the same
      command goes on where it was stopped; --statistics names a file that stays.

      JSON: output, proxy, method, gap, budget, size_mib, average_bits, float_mib, bitops_g, float_bitops_g,
      activations_kib, latency_ms, refinement (evaluations, divergence
      before and after on images chosen by; null without), stored_mib (weights, grids, constants, graph, total), file_mib, opset, images,
      labelled, float_top1, top1, onnx_runtime_top1, equal_predictions (of the simulated network and ONNX Runtime; null
      without it), layers, trials (size_mib, drop; with --accuracy-drop), and stages (name, seconds).
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Images that bits and roundings are chosen by; a few hundred are enough.")
  var data: String

  @Option(help: "Labelled images that the result is proven on; a fifth of --data where not given.")
  var test: String?

  @OptionGroup var allocation: AllocationOptions

  @Option(
    help:
      "In place of a size: the points of top-1 that may be lost, such as 1.0; the smallest size is searched.")
  var accuracyDrop: Double?

  @Option(help: "A handcrafted proxy's name, a formula, the folder of a search, or a proxy's .json file.")
  var proxy: String?

  @Option(
    help: "Images to compute statistics on; by default 32 to 512, as many as the network's size allows.")
  var images: Int?

  @Option(
    help: """
      Configurations to measure beside the one that the proxy chose, at most, to better it by what layers do together; 0 \
      for none.
      """)
  var refine = 64

  @Option(help: "A file of statistics to go on with and keep.")
  var statistics: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var packing: PackingOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let accuracyDrop {
      guard accuracyDrop > 0, accuracyDrop <= 100 else {
        throw ValidationError("--accuracy-drop is \(accuracyDrop); points between 0 and 100 are needed")
      }
    } else if allocation.budget.isEmpty {
      throw ValidationError(
        "--budget is missing, such as 3bits, 1.5MiB or 10%; or --accuracy-drop, such as 1.0")
    }
    guard (0...1_000_000).contains(refine) else {
      throw ValidationError("--refine is \(refine); 0 or more configurations are needed")
    }
    if let images, images < 2 { throw ValidationError("--images is \(images); 2 or more are needed") }
  }

  func run() throws {
    let kept = statistics ?? output + ".statistics.safetensors"
    try AtomicFile.requireWritable(
      output, keeping: [model.model, data, test, proxy, allocation.latency, kept])
    try AtomicFile.requireWritable(kept, keeping: [model.model, data, test, proxy, allocation.latency])
    var stages = StageSeconds()
    let chosen = try ChosenProxy(proxy ?? DefaultProxy.path())
    let budgets = try allocation.budgets()
    let originalBytes = try AtomicFile.read(model.model).count
    let compression = try stages.measure("load and calibrate") {
      try Compression(
        model: model, data: data, test: test, wantsValidation: accuracyDrop != nil, allocation: allocation,
        quantizer: quantizer, preprocessing: preprocessing, common: common)
    }
    try chosen.requireSeesChoices(of: compression.space)
    let found = try stages.measure("statistics") {
      try statistics(compression, [chosen] + (refine == 0 ? [] : Refinement.companions), path: kept)
    }
    let allocator = try compression.allocator(chosen, found)
    let bounds = try compression.space.bounds(budgets)
    var trials: [AccuracyDropSearch.Trial] = []
    var allocated = try stages.measure("allocation") {
      guard let accuracyDrop else { return try allocator.best(within: bounds) }
      let search = try search(accuracyDrop, compression, allocator, bounds)
      trials = search.trials
      return search.best
    }
    var refinement: MeasuredRefinement.Outcome?
    if refine != 0 {
      refinement = try stages.measure("refinement") {
        try refined(&allocated, compression, allocator, found, bounds, &trials)
      }
    }
    let quantized = try stages.measure("rounding") { try compression.quantized(allocated.configuration) }
    let packing = try packing.packing(for: allocated.configuration.weightBits)
    let exported = try stages.measure("export") { try quantized.model(packing: packing) }
    // The file gets its name when it has been proven.
    var proven: CompressionProof?
    try AtomicFile.write(to: output) { temporary in
      try exported.write(to: temporary)
      proven = try stages.measure("proof") {
        try CompressionProof(compression, quantized, file: temporary, threads: common.threads)
      }
    }
    guard let proof = proven else { return }
    let bits = try BitsFile(
      proxy: chosen.name, budgets: budgets, costs: compression.space.costs, allocation: allocated)
    let report = CompressionReport(
      file: bits, score: allocated.score, costs: compression.space.costs.model,
      stored: try StoredSize(exported),
      fileBytes: try AtomicFile.read(output).count, opset: exported.opset, proof: proof, trials: trials,
      stages: stages, refinement: refinement)
    if statistics == nil { StatisticsSeconds.removeAll(with: kept) }
    switch common.format {
    case .json: Console.output(try report.json(output: output).rendered())
    case .table:
      Console.output(try report.text(output: output, originalBytes: originalBytes))
    }
  }

  private func statistics(
    _ compression: Compression, _ proxies: [ChosenProxy], path: String
  ) throws -> NetworkStatistics {
    do {
      return try compression.statistics(for: proxies, images: images, path: path)
    } catch let error as FileError where statistics == nil && error.kind == .usage {
      // The file is this command's own, left by a run with other options.
      Console.error("emq: \(path): is of other options; statistics are begun anew")
      StatisticsSeconds.removeAll(with: path)
      return try compression.statistics(for: proxies, images: images, path: path)
    }
  }

  /// Betters a choice by measurements; for an accuracy drop, within the size that was found, and only if it keeps the
  /// drop, too.
  private func refined(
    _ allocated: inout Allocation, _ compression: Compression, _ allocator: ProxyAllocator,
    _ statistics: NetworkStatistics, _ bounds: [ResourceBound], _ trials: inout [AccuracyDropSearch.Trial]
  ) throws -> MeasuredRefinement.Outcome {
    var bounds = bounds
    if accuracyDrop != nil {
      let size = try compression.space.costs.cost(.size, of: allocated.configuration)
      bounds = bounds.filter { $0.resource != .size } + [ResourceBound(.size, size)]
    }
    let batches = try compression.refinementImages()
    let outcome = try Refinement(
      compression: compression, allocator: allocator, statistics: statistics,
      evaluations: refine, threads: common.threads
    ).best(from: allocated, within: bounds, on: batches)
    var isKept = outcome.configuration != allocated.configuration
    if isKept, let accuracyDrop {
      let drop = try validatedDrop(compression)(outcome.configuration)
      let size = compression.space.costs.model.sizeInMiB(outcome.configuration)
      trials.append(.init(configuration: outcome.configuration, sizeInMiB: size, drop: drop))
      isKept = drop <= accuracyDrop
    }
    if isKept {
      allocated = Allocation(
        configuration: outcome.configuration,
        score: allocator.scores.score(outcome.configuration) ?? .nan, method: .measured, gap: nil)
    }
    return outcome
  }

  private func search(
    _ maximumDrop: Double, _ compression: Compression, _ allocator: ProxyAllocator, _ bounds: [ResourceBound]
  ) throws -> AccuracyDropSearch {
    let points = try allocator.sweep(
      .size, within: bounds, count: AccuracyDropSearch.pointCount, progress: nil,
      isCancelled: { Interruption.isRequested })
    guard let points else { throw Interruption.exitCode }
    let drop = try validatedDrop(compression)
    return try Console.withProgress("sizes") { progress in
      try AccuracyDropSearch(
        maximumDrop: maximumDrop, points: points, costs: compression.space.costs.model, progress: progress,
        drop: drop)
    }
  }

  /// What says how many points bits lose on the images that a size is searched by.
  private func validatedDrop(_ compression: Compression) throws -> (BitConfiguration) throws -> Double {
    guard let validation = compression.images.validation else {
      throw AllocationError("--accuracy-drop needs labelled images", kind: .usage)
    }
    let float = try compression.floatEvaluation(on: validation.batches, labels: validation.labels)
    return { configuration in
      let quantized = try compression.quantized(configuration)
      let found = try compression.evaluation(
        of: quantized, on: validation.batches, labels: validation.labels)
      return 100 * (float.top1 - found.top1)
    }
  }
}

/// Seconds of the stages of a command, in their order.
struct StageSeconds {
  private(set) var stages: [(name: String, seconds: Double)] = []

  /// Runs a stage.
  mutating func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let start = Date()
    defer { stages.append((name, Date().timeIntervalSince(start))) }
    return try body()
  }
}
