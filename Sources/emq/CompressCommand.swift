import Allocation
import ArgumentParser
import Compression
import Datasets
import Foundation
import Foundations
import HTMLReports
import ONNXRuntime
import Proxies
import Reports

struct CompressCommand: FollowedCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Make a network smaller: statistics, bits, rounding, export and proof in one.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq compress model.onnx --data train.npz --test test.npz --preset cifar10 --budget 3bits -o small.onnx
        emq compress model.onnx --data images --preset imagenet --accuracy-drop 1 -o small.onnx

      Weights are rounded by gptq unless --rounding says otherwise; with --sequential, bits are chosen by layers rounded by
      themselves, and the result is rounded layer after layer. The best --correction is found on images of --data.

      --data is what bits and roundings are chosen by; labels help, but are not needed. The result is proven on --test, or on
      a fifth of --data that is kept apart; where ONNX Runtime is there and fails on the file, it is not written unless
      --unproven is given. --accuracy-drop searches the smallest size on one half of these images and proves it on the other.
      What takes more than a minute says beforehand about how long, and how much memory; --profile says in the end where the time went.
      Until the end, OUTPUT.statistics.safetensors and the rounded weights in OUTPUT.statistics.safetensors.weights let the
      same command resume; with --statistics FILE, FILE and FILE.weights stay, for further budgets.

      JSON:
        output, proxy, method, gap, budget
        size_mib, average_bits, inner_average_bits (without the outer layers), float_mib, bitops_g, float_bitops_g,
          activations_kib, latency_ms
        refinement: evaluations, divergence before and after on images chosen by; null without
        correction: kept; measured (correction, divergence)
        stored_mib: weights, grids, constants, graph, total
        file_mib, opset, images, labelled
        float_top1, top1, agreement
        onnx_runtime_top1, equal_predictions (of the simulated network and ONNX Runtime): null without it
        layers
        trials: size_mib, drop
        execution: kernels as in emq inspect, latency (float_ms, quantized_ms, ratio on one thread); null without ONNX Runtime
        stages: name, seconds
      """
    ).rendered())

  @OptionGroup var model: ModelOptions

  @Option(help: "Images that bits and roundings are chosen by; a few hundred are enough.")
  var data: String

  @Option(help: "Labelled images that the result is proven on; a fifth of --data where not given.")
  var test: String?

  @OptionGroup var allocation: AllocationOptions

  @Option(
    help: """
      In place of a size: the points of top-1 that may be lost, such as 1.0, or what --metric may lose, in its own units; \
      the smallest size is searched.
      """)
  var accuracyDrop: Double?

  @Option(help: "A handcrafted proxy's name, a formula, the folder of a search, or a proxy's .json file.")
  var proxy: String?

  @Option(
    help: "Images to compute statistics on; by default 32 to 512, as many as the network's size allows.")
  var images: Int?

  @Option(
    help: """
      Configurations to measure beside the one that the proxy chose, at most, to refine it by what layers do together; 0 \
      for none; by default 16 to 64, as many as the network's size allows.
      """)
  var refine: Int?

  @Option(
    help: """
      The most memory that this may take, about, such as 4GiB: corrections see fewer images where needed, and what \
      does not fit is refused beforehand.
      """)
  var memory: MemorySize?

  @Option(help: "A file of statistics to resume with and keep.")
  var statistics: String?

  @Option(name: [.short, .long], help: "The ONNX file to write.")
  var output: String

  @Flag(help: "Write the file even where ONNX Runtime fails to run it.")
  var unproven = false

  @OptionGroup var report: ReportOptions
  @OptionGroup var metric: MetricOptions
  @OptionGroup var packing: PackingOptions
  @OptionGroup var quantizer: QuantizerOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    try packing.require(quantizer.arithmetic)
    if let accuracyDrop {
      guard accuracyDrop > 0, accuracyDrop <= 100 else {
        throw ValidationError("--accuracy-drop is \(accuracyDrop); points between 0 and 100 are needed")
      }
    } else if allocation.budget.isEmpty {
      throw ValidationError(
        "--budget is missing, such as 3bits, 1.5MiB or 10%; or --accuracy-drop, such as 1.0")
    }
    if let refine, !(0...1_000_000).contains(refine) {
      throw ValidationError("--refine is \(refine); 0 or more configurations are needed")
    }
    if let images, images < 2 { throw ValidationError("--images is \(images); 2 or more are needed") }
  }

  var followedOutput: FollowedOutput? { .file(output) }

  func run() throws {
    let kept = statistics ?? output + ".statistics.safetensors"
    try AtomicFile.requireWritable(
      output, keeping: [model.model, data, test, proxy, allocation.latency, kept])
    try AtomicFile.requireWritable(kept, keeping: [model.model, data, test, proxy, allocation.latency])
    try report.requireWritable(
      keeping: [model.model, data, test, proxy, allocation.latency], besides: [output, kept])
    var stages = StageSeconds()
    let chosen = try proxy.map { try ProxyCatalog.standard.proxy($0) } ?? DefaultProxy()
    let budgets = try allocation.budgets()
    let originalBytes = try AtomicFile.read(model.model).count
    let compression = try stages.measure("load and calibrate") {
      let data = try Dataset.open(data)
      let workload = try model.workload(preprocessing, data: data)
      var request = try CompressionRequest(
        data: data, test: test.map { try Dataset.open($0) },
        wantsValidation: accuracyDrop != nil,
        space: allocation.space(
          of: workload.network, wantsFewBits: accuracyDrop == nil, arithmetic: quantizer.arithmetic,
          packing: packing.packing, context: common.context), budgets: budgets,
        quantization: quantizer.options(
          seed: common.seed, defaultRounding: CompressionRequest.defaultRounding),
        measuresCorrections: quantizer.correction == nil, calibrationImages: quantizer.calibrationImages,
        seed: common.seed)
      request.metric = metric.measure
      request.weights = kept + ".weights"
      let measuresLayers = proxy == nil && request.space.choosesFloat
      let (context, images, refine, memory) = (common.context, images, refine, memory?.bytes)
      request.memory = memory
      request.whenLoaded = {
        let forecast = try $0.forecast(
          for: measuresLayers ? nil : chosen, images: images, refinements: refine)
        try forecast.requireMemory(memory)
        if let text = forecast.text() { context.notice(text) }
      }
      return try Compression(workload, request, context: common.context)
    }
    let measuresLayers = proxy == nil && compression.space.choosesFloat
    let pipeline = CompressionPipeline(
      compression, proxy: chosen, options: options(statistics: kept, measuresLayers: measuresLayers))
    let result: CompressionPipeline.Result
    do {
      result = try pipeline.run(writing: output, stages: &stages)
    } catch let error as ProofError {
      throw FileError(error.kind, "\(error.description); --unproven writes it all the same")
    }
    let fileBytes = try AtomicFile.read(output).count
    try common.context.noticeGrowth(
      of: output, bytes: fileBytes, over: compression.workload, sourceBytes: originalBytes)
    let costs = compression.space.costs
    let execution = try Execution.ifPossible(
      result.model, file: output, original: model.model,
      network: compression.workload.network, context: common.context)
    let proxyName = measuresLayers ? "measured layers" : chosen.name
    let outcome = try CompressionReport(
      result,
      file: BitsFile(proxy: proxyName, budgets: budgets, costs: costs, allocation: result.allocation),
      costs: costs.model, stages: stages, originalBytes: originalBytes, fileBytes: fileBytes,
      execution: execution, output: output)
    try report.write {
      try CompressionPage(
        result, of: compression, report: outcome, execution: execution,
        source: .init(
          model: model.model, data: data, output: output, proxy: proxyName,
          options: preprocessing.preset.map { "--preset \($0)" } ?? "")
      ).page()
    }
    try common.print(outcome)
  }

  private func options(
    statistics path: String, measuresLayers: Bool
  ) -> CompressionPipeline.Options {
    var options = CompressionPipeline.Options()
    options.statisticsImages = images
    options.statistics = (path, isKept: statistics != nil)
    options.refinements = refine
    options.measuresLayers = measuresLayers
    options.accuracyDrop = accuracyDrop
    options.allowsFailedProof = unproven
    let (packing, arithmetic, context) = (packing.packing, quantizer.arithmetic, common.context)
    options.packing = { packing ?? .automatic(for: $0, arithmetic: arithmetic, context: context) }
    return options
  }
}
