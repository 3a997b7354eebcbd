import Foundations
import LayerStatistics
import Network
import RankStatistics
import Torch

extension StatisticsPass {
  /// Products of the Hessian with random signs and with the gradient.
  public static let hutchinson = StatisticsPass(
    stage: .hutchinson, statistics: [.hessian, .hessianTrace, .hessianTraceError, .hessianGradient]
  ) { work in
    var gradient: [Tensor]?
    if work.wanted.contains(.hessianGradient) {
      gradient =
        try work.known[.gradient]
        ?? FirstOrderPass(
          network: work.network, shares: work.shares(8_000_000), wanted: [.gradient], keepsBatch: false,
          threads: work.options.threads
        ).collect(progress: nil)[.gradient]
    }
    return try HutchinsonPass(
      network: work.network, shares: work.shares(8_000_000), options: work.options, gradient: gradient,
      wantsProbes: work.wanted != [.hessianGradient]
    ).collect(progress: work.progress, isCancelled: work.isCancelled)
  }
}

/// The Hessian's diagonal and its blocks' traces for all layers together, from products with random signs.
///
/// One product costs one double-backward pass, whatever the number of layers; what the layers add to each other is
/// noise, which the standard error tells.
struct HutchinsonPass {
  let network: Network
  let shares: ImageShares
  let options: StatisticsOptions
  /// The gradient, where its product with the Hessian is wanted.
  let gradient: [Tensor]?
  let wantsProbes: Bool

  /// Probes between two looks at the standard error.
  private static let round = 16

  /// - Returns: nil where the user asked to stop.
  func collect(progress: ProgressHandler?, isCancelled: CancellationCheck) throws -> [Statistic: [Tensor]]? {
    let weights = network.weights
    let count = weights.reduce(0) { $0 + $1.count }
    let total = wantsProbes ? options.probes : 0
    let counter = ProgressCounter(total: shares.count * max(1, total), handler: progress)
    var diagonal: [Tensor] = []
    var traces = weights.map { _ in [Double]() }
    var gradientProduct: [Tensor] = []
    var start = 0
    repeat {
      if isCancelled() { return nil }
      let end = min(total, start + Self.round)
      let first = start
      let signs = try parallelTensorMap(count: end - start, threads: options.threads) { offset in
        try split(HutchinsonProbe(first + offset, seed: options.seed).values(count: count))
      }
      let extra = start == 0 ? gradient : nil
      var rounds = traces.map { _ in signs.map { _ in 0.0 } }
      try shares.forEach(threads: options.threads) { share in
        try measure(share, signs: signs, extra: extra, counter: counter)
      } merge: { part in
        try add(part.diagonal, to: &diagonal)
        try add(part.extra, to: &gradientProduct)
        for (layer, values) in part.traces.enumerated() {
          for (probe, value) in values.enumerated() { rounds[layer][probe] += value }
        }
      }
      for layer in traces.indices { traces[layer] += rounds[layer] }
      start = end
    } while start < total && !isPrecise(traces)
    return try onSingleThread {
      var tensors: [Statistic: [Tensor]] = [:]
      tensors[.hessianGradient] = gradientProduct.isEmpty ? nil : gradientProduct
      if wantsProbes {
        tensors[.hessian] = try diagonal.map { try $0.scaled(by: 1 / Double(start)) }
        let estimates = traces.map(Self.meanAndError)
        tensors[.hessianTrace] = try estimates.map { try .scalar($0.mean, elementType: .float64) }
        tensors[.hessianTraceError] = try estimates.map { try .scalar($0.error, elementType: .float64) }
      }
      return tensors
    }
  }

  private func isPrecise(_ traces: [[Double]]) -> Bool {
    guard options.tolerance > 0 else { return false }
    return traces.map(Self.meanAndError).allSatisfy { $0.error <= options.tolerance * abs($0.mean) }
  }

  /// The mean of independent estimates and its standard error; infinite for a single estimate.
  static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard values.count > 1 else { return (mean, .infinity) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / (count - 1) / count).squareRoot())
  }

  private func split(_ values: [Float]) throws -> [Tensor] {
    var start = 0
    return try network.weights.map { weight in
      defer { start += weight.count }
      return try Tensor(Array(values[start..<start + weight.count]), shape: weight.shape)
        .converted(to: weight.elementType).channelsLast()
    }
  }

  private struct Part: Sendable {
    var diagonal: [Tensor] = []
    /// By layer and probe.
    var traces: [[Double]]
    var extra: [Tensor] = []
  }

  private func measure(
    _ share: Int, signs: [[Tensor]], extra: [Tensor]?, counter: ProgressCounter
  ) throws -> Part {
    let graph = try GradientGraph(network: network, shares: shares, share: share)
    var part = Part(traces: network.layers.map { _ in [] })
    for probe in signs {
      let products = try graph.product(with: probe)
      try withoutGradients {
        let terms = try zip(products, probe).map { try $0.multiplied(by: $1) }
        for (layer, term) in terms.enumerated() { part.traces[layer].append(try term.sum().item()) }
        try add(terms, to: &part.diagonal)
      }
      counter.advance()
    }
    if let extra { part.extra = try graph.product(with: extra) }
    return part
  }
}
