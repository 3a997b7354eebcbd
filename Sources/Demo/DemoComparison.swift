import Allocation
import Benchmarks
import BitModel
import Compression
import Foundations
import Network
import ONNX
import ONNXRuntime
import Proxies
import Quantization
import RankStatistics

/// Configurations of the size of uniform 3 bits, chosen in different ways, on images that nothing was chosen on.
public struct DemoComparison: Sendable {
  /// A row of the comparison.
  public struct Row: Sendable {
    /// How the bits were chosen.
    public let title: String
    /// The bits; 32 of the float network.
    public let configuration: BitConfiguration
    /// The weights' size.
    public let sizeInMiB: Double
    /// Bit operations, 10⁹.
    public let bitOperations: Double
    /// The simulated network's accuracy.
    public let top1: Double
    /// The file's accuracy in ONNX Runtime; nil where that was not found.
    public let judgedTop1: Double?
  }

  /// How the evolved proxy compares with the best of the others.
  public struct Verdict: Sendable {
    /// Who the best of the others is.
    public let best: String
    /// The accuracies' difference on the same images.
    public let difference: PairedDifference
  }

  /// The rows.
  public private(set) var rows: [Row] = []
  /// How the evolved proxy compares.
  public let verdict: Verdict

  private struct Entry {
    let title: String
    let configuration: BitConfiguration
    let evaluation: Evaluation
  }

  /// Chooses, measures, writes files and runs them.
  ///
  /// - Parameters:
  ///   - network: the network with its benchmark and statistics.
  ///   - proxy: the evolved one.
  ///   - chosen: the one that the same measurements of configurations choose.
  ///   - folder: where files go.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(
    network: DemoNetwork, proxy: any ScoringProxy, handcrafted chosen: HandcraftedProxy, folder: String,
    seed: UInt64, context: WorkContext
  ) throws {
    let (costs, threads) = (network.quantization.costs, context.threads)
    let bound = costs.sizeInBits(costs.uniform(3))
    let space = try AllocationSpace(of: costs)
    var measured: [BitConfiguration: Evaluation] = [:]
    func entry(_ title: String, _ configuration: BitConfiguration) throws -> Entry {
      try context.checkCancellation()
      let found =
        try measured[configuration]
        ?? Evaluation(
          logits: network.quantization.quantized(configuration, threads: threads)
            .logits(batches: network.reported.batches, threads: threads), labels: network.reported.labels,
          classCount: network.workload.network.classCount)
      measured[configuration] = found
      return Entry(title: title, configuration: configuration, evaluation: found)
    }
    func allocated(_ scores: any ConfigurationScoring) throws -> BitConfiguration {
      try ProxyAllocator(space: space, scores: scores, seed: seed)
        .best(within: [ResourceBound(.size, Double(bound))]).configuration
    }
    let stage = context.beginStage("comparison on \(network.name)")
    defer { stage.finish() }
    let counter = ProgressCounter(total: HandcraftedProxy.all.count + 10, handler: stage.progress)
    let inputs = ProxyInputs(network.statistics)

    let uniform = try entry("uniform 3-bit", costs.uniform(3))
    let sampler = try ConfigurationSampler(
      costs: costs, candidates: [2, 3, 4], activationCandidates: [8], seed: seed)
    let random = try sampler.configurations(ofSizeInBits: bound, count: 8).map { configuration in
      defer { counter.advance() }
      return try entry("random, median of 8", configuration)
    }.sorted { $0.evaluation.top1 < $1.evaluation.top1 }
    let handcrafted = try entry("handcrafted: \(chosen.name)", allocated(chosen.scores(inputs)))
    // Chosen by the accuracies that are reported: what nobody can know.
    let hindsight = try HandcraftedProxy.all.compactMap { proxy -> Entry? in
      defer { counter.advance() }
      do {
        return try entry("with hindsight: \(proxy.name)", allocated(proxy.scores(inputs)))
      } catch is AllocationError {
        // The proxy is not defined on this network.
        return nil
      }
    }.max { $0.evaluation.top1 < $1.evaluation.top1 }
    let evolved = try entry("evolved", allocated(proxy.scores(inputs)))
    let shippedProxy = try DefaultProxy()
    let shipped = try entry("shipped proxy", allocated(shippedProxy.scores(inputs)))

    let judge = ONNXRuntimeJudge()
    let packing: WeightPacking = judge?.runsTwoBitIntegers() == true ? .least : .fourBit
    func judged(_ model: Model, _ file: String) throws -> Double? {
      let path = "\(folder)/\(network.name)-\(file).onnx"
      try model.write(to: path)
      guard let judge else { return nil }
      let logits = try judge.outputs(
        model: path, network: network.workload.network, batches: network.reported.batches, threads: threads)
      return try Evaluation(
        logits: logits, labels: network.reported.labels, classCount: network.workload.network.classCount
      ).top1
    }
    func row(_ title: String, _ configuration: BitConfiguration, _ top1: Double, _ judged: Double?) -> Row {
      Row(
        title: title, configuration: configuration, sizeInMiB: costs.sizeInMiB(configuration),
        bitOperations: costs.bitOperations(configuration), top1: top1, judgedTop1: judged)
    }
    let float = try Evaluation(
      logits: network.quantization.network.logits(batches: network.reported.batches, threads: threads),
      labels: network.reported.labels, classCount: network.workload.network.classCount)
    rows.append(
      row(
        "float", .float(count: costs.layers.count), float.top1,
        try judged(network.workload.network.model, "float")))
    // The lower middle one of the eight, so that the row is one configuration that can be run.
    var entries = [
      (uniform, "uniform"), (random[3], "random"), (handcrafted, "handcrafted"), (evolved, "evolved"),
      (shipped, "shipped"),
    ]
    if let hindsight { entries.append((hindsight, "hindsight")) }
    for (entry, file) in entries {
      let model = try network.quantization.quantized(entry.configuration, threads: threads).model(
        packing: packing)
      rows.append(
        row(entry.title, entry.configuration, entry.evaluation.top1, try judged(model, file)))
    }
    let best = [uniform, random[3], handcrafted].max { $0.evaluation.top1 < $1.evaluation.top1 } ?? uniform
    verdict = Verdict(
      best: best.title, difference: PairedDifference(evolved.evaluation.correct, best.evaluation.correct))
    if judge == nil { context.notice("\(ONNXRuntimeJudge.notFound)") }
  }
}
