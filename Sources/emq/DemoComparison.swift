import Allocation
import Benchmarks
import BitModel
import Foundation
import Foundations
import Network
import ONNX
import Proxies
import Quantization
import Reports
import Torch

/// Configurations of the size of uniform 3 bits, chosen in different ways, on images that nothing was chosen on.
struct DemoComparison {
  private(set) var rows: [[Table.Cell]] = []
  let verdict: String

  private struct Entry {
    let title: String
    let configuration: BitConfiguration
    let top1: Double
  }

  init(network: DemoNetwork, proxy: Proxy, folder: String, common: CommonOptions) throws {
    let costs = network.quantization.costs
    let threads = common.threads
    let bound = costs.sizeInBits(costs.uniform(3))
    let space = try AllocationSpace(
      costs: NetworkCosts(model: costs), weightBits: [2, 3, 4], activationBits: [8],
      fixed: [0: .init(weightBits: 8), costs.layers.count - 1: .init(weightBits: 8)])
    var measured: [BitConfiguration: Double] = [:]
    func top1(_ configuration: BitConfiguration) throws -> Double {
      if let known = measured[configuration] { return known }
      if Interruption.isRequested { throw Interruption.exitCode }
      let logits = try network.quantization.quantized(configuration, threads: threads)
        .logits(batches: network.reportImages, threads: threads)
      let result = try Evaluation(logits: logits, labels: network.reportLabels).top1
      measured[configuration] = result
      return result
    }
    func entry(_ title: String, _ configuration: BitConfiguration) throws -> Entry {
      Entry(title: title, configuration: configuration, top1: try top1(configuration))
    }
    func allocated(_ scores: LayerBitScores) throws -> BitConfiguration {
      try ProxyAllocator(space: space, scores: scores, seed: common.seed)
        .best(within: [ResourceBound(.size, Double(bound))]).configuration
    }
    let bar = Console.progressBar("comparison on \(network.name)")
    defer { bar.finish() }
    let counter = ProgressCounter(total: HandcraftedProxy.all.count + 10, handler: bar.handler)

    let uniform = try entry(
      "uniform 3-bit", costs.uniform(3))
    let sampler = try ConfigurationSampler(
      costs: costs, candidates: [2, 3, 4], activationCandidates: [8], seed: common.seed)
    let random = try sampler.configurations(ofSizeInBits: bound, count: 8).map { configuration in
      defer { counter.advance() }
      return try entry("random, median of 8", configuration)
    }.sorted { $0.top1 < $1.top1 }
    // Chosen by the accuracies that are reported, which favours the handcrafted side.
    let handcrafted = try HandcraftedProxy.all.compactMap { proxy -> Entry? in
      defer { counter.advance() }
      do {
        let scores = try proxy.scores(ProxyInputs(network.statistics))
        return try entry("handcrafted: \(proxy.name)", allocated(scores))
      } catch is AllocationError {
        // The proxy is not defined on this network.
        return nil
      }
    }.max { $0.top1 < $1.top1 }
    guard let handcrafted else {
      throw FileError(.data, "no handcrafted proxy gives a usable score on \(network.name)")
    }
    let scores = try proxy.layerBitScores(ProxyInputs(network.statistics))
    let evolved = try entry("evolved", allocated(scores))
    let shippedProxy = try Proxy(parsing: ProxyFile(contentsOf: DefaultProxy.path()).formula)
    let shipped = try entry(
      "shipped proxy", allocated(shippedProxy.layerBitScores(ProxyInputs(network.statistics))))

    let judge = ONNXRuntimeJudge()
    let packing: WeightPacking = judge?.runsTwoBitIntegers() == true ? .least : .fourBit
    func judged(_ model: Model, _ file: String) throws -> Table.Cell {
      let path = "\(folder)/\(file).onnx"
      try model.write(to: path)
      guard let judge else { return .missing }
      let logits = try judge.logits(
        model: path, images: network.reportImages, classCount: network.network.classCount, threads: threads)
      return .number(100 * (try Evaluation(logits: [logits], labels: network.reportLabels).top1), decimals: 2)
    }
    let float = try Evaluation(
      logits: network.quantization.network.logits(batches: network.reportImages, threads: threads),
      labels: network.reportLabels)
    let floatBits = BitConfiguration.float(count: costs.layers.count)
    func row(_ title: String, _ configuration: BitConfiguration, _ top1: Double, _ cell: Table.Cell) -> [Table
      .Cell]
    {
      [
        .text(network.name), .text(title), .number(costs.sizeInMiB(configuration), decimals: 4),
        .number(costs.bitOperations(configuration), decimals: 3), .number(100 * top1, decimals: 2), cell,
      ]
    }
    rows.append(
      row("float", floatBits, float.top1, try judged(network.network.model, "\(network.name)-float")))
    // The lower middle one of the eight, so that the row is one configuration that can be run.
    for (entry, file) in [
      (uniform, "uniform"), (random[3], "random"), (handcrafted, "handcrafted"), (evolved, "evolved"),
      (shipped, "shipped"),
    ] {
      let model = try network.quantization.quantized(entry.configuration, threads: threads).model(
        packing: packing)
      rows.append(
        row(entry.title, entry.configuration, entry.top1, try judged(model, "\(network.name)-\(file)")))
    }
    let error = 100 * (evolved.top1 * (1 - evolved.top1) / Double(network.reportLabels.count)).squareRoot()
    let others = [uniform, random[3], handcrafted]
    let best = others.max { $0.top1 < $1.top1 } ?? uniform
    let difference = 100 * (evolved.top1 - best.top1)
    let outcome = difference > 0 ? "wins against" : difference == 0 ? "equals" : "does not win against"
    verdict = String(
      format: "%@: evolved %@ the best of the others (%@) by %+.2f points; one standard error is %.2f",
      network.name, outcome, best.title, difference, error)
    if judge == nil { Console.error("emq: \(ONNXRuntimeJudge.notFound)") }
  }
}
