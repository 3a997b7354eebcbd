import Network
import Support
import Torch

/// Computes the statistics of a network on a batch of labelled images.
///
///     let collector = StatisticsCollector(network: network, images: images, labels: labels)
///     let statistics = try collector.collect(StatisticsOptions(probes: 64))
///
/// The images are split into shares of a fixed size, each computed on one thread and summed in order, so the
/// result is the same for any number of threads. The network itself is not changed.
public struct StatisticsCollector: Sendable {
  let network: Network
  let images: Tensor
  let labels: [Int]

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - images: [N, channels, height, width].
  ///   - labels: N classes.
  public init(network: Network, images: Tensor, labels: [Int]) {
    self.network = network
    self.images = images
    self.labels = labels
  }

  /// Images a share: few where a network's activations are large, to bound the memory of double backward.
  var shareSize: Int {
    let activations = network.layers.reduce(0) { $0 + $1.outputShape.reduce(1, *) }
    return max(1, min(16, 8_000_000 / max(1, activations)))
  }

  private var shares: [Range<Int>] {
    stride(from: 0, to: labels.count, by: shareSize).map { $0..<min(labels.count, $0 + shareSize) }
  }

  /// Computes the statistics asked for.
  ///
  /// - Complexity: one forward and backward pass, and for the Hessian one more double backward pass a probe.
  public func collect(
    _ options: StatisticsOptions, origin: [String: String] = [:], progress: ProgressHandler? = nil
  ) throws -> NetworkStatistics {
    guard !labels.isEmpty, images.shape.first == labels.count else {
      throw NetworkError.input(
        "statistics need as many labels as images; got \(labels.count) for \(images.shape)")
    }
    var tensors: [Statistic: [Tensor]] = [:]
    let wanted = Set(options.statistics)
    if wanted.contains(.weight) { tensors[.weight] = network.weights }
    if wanted.contains(.synflow) { tensors[.synflow] = try onSingleThread { try synflow() } }
    if !wanted.isDisjoint(with: [.gradient, .activation, .hessian]) {
      let probes = wanted.contains(.hessian) ? options.probes : 0
      let counter = ProgressCounter(total: shares.count * max(1, probes), handler: progress)
      let parts = try parallelTensorMap(count: shares.count, threads: options.threads) { index in
        try measure(shares[index], probes: probes, seed: options.seed, counter: counter)
      }
      tensors[.gradient] = try sum(parts.map(\.gradients))
      tensors[.activation] = try sum(parts.map(\.activations))
      if probes > 0 {
        tensors[.hessian] = try sum(parts.map(\.diagonals)).map { try $0.scaled(by: 1 / Double(probes)) }
      }
      for statistic in Statistic.allCases where !wanted.contains(statistic) { tensors[statistic] = nil }
    }
    let costs = CostModel(
      layers: network.layers.map { LayerCost(name: $0.name, parameters: $0.parameters, macs: $0.macs) })
    return NetworkStatistics(costs: costs, tensors: tensors, origin: origin)
  }

  private struct Part: Sendable {
    var gradients: [Tensor]
    var activations: [Tensor]
    var diagonals: [Tensor]
  }

  private func sum(_ parts: [[Tensor]]) throws -> [Tensor] {
    guard var total = parts.first else { return [] }
    for part in parts.dropFirst() { total = try zip(total, part).map { try $0.adding($1) } }
    return total
  }

  /// One share's part of the gradient, the mean activation, and the sum of z ⊙ Hz over the probes.
  private func measure(
    _ share: Range<Int>, probes: Int, seed: UInt64, counter: ProgressCounter
  ) throws -> Part {
    let batch = try images.sliced(dimension: 0, from: share.lowerBound, to: share.upperBound)
    let weight = Double(share.count) / Double(labels.count)
    let indices = network.weightIndices
    let weights = try network.weights.map { try $0.trackingGradients() }
    let collected = TensorCollector(count: weights.count)
    var taps = Taps()
    taps.output = { layer, tensor in
      collected.tensors[layer] = try tensor.detached().mean(over: [0]).scaled(by: weight)
      return tensor
    }
    let output = try network.forward(
      batch, replacing: Dictionary(uniqueKeysWithValues: zip(indices, weights)), taps: taps
    ).output
    let target = try Tensor(labels[share].map { Int64($0) }, shape: [share.count])
    let loss = try output.crossEntropy(labels: target).scaled(by: weight)
    let first = try gradients(of: [loss], withRespectTo: weights, creatingGraph: probes > 0)
    let gradient = try zip(first, weights).map {
      try $0 ?? Tensor.full(0, shape: $1.shape, elementType: $1.elementType)
    }

    var part = Part(
      gradients: try gradient.map { try $0.detached() }, activations: collected.tensors.compactMap { $0 },
      diagonals: [])
    if probes == 0 { counter.advance() }
    for number in 0..<probes {
      let probe = try signs(number, of: probes, seed: seed, like: weights)
      let products = try gradients(of: gradient, weights: probe, withRespectTo: weights, retainingGraph: true)
      let terms = try zip(zip(products, probe), weights).map { pair, weight in
        try pair.0?.multiplied(by: pair.1)
          ?? Tensor.full(0, shape: weight.shape, elementType: weight.elementType)
      }
      part.diagonals =
        part.diagonals.isEmpty ? terms : try zip(part.diagonals, terms).map { try $0.adding($1) }
      counter.advance()
    }
    return part
  }

  private func signs(_ number: Int, of count: Int, seed: UInt64, like weights: [Tensor]) throws -> [Tensor] {
    let values = HutchinsonProbe(number, of: count, seed: seed).values(
      count: weights.reduce(0) { $0 + $1.count })
    var start = 0
    return try weights.map { weight in
      defer { start += weight.count }
      return try Tensor(Array(values[start..<start + weight.count]), shape: weight.shape)
        .converted(to: weight.elementType)
    }
  }

  /// V in double precision, as products over many layers leave the range of single precision.
  private func synflow() throws -> [Tensor] {
    let double = try network.converted(to: .float64)
    let weights = try double.weights.map { try $0.absolute().trackingGradients() }
    let ones = try Tensor.full(1, shape: [1] + network.inputShape, elementType: .float64)
    let output = try double.forward(
      ones, mode: .virtual, replacing: Dictionary(uniqueKeysWithValues: zip(double.weightIndices, weights))
    ).output
    return try zip(gradients(of: [output.sum()], withRespectTo: weights), weights).map { gradient, weight in
      let value = try gradient ?? Tensor.full(0, shape: weight.shape, elementType: .float64)
      let greatest = try value.absolute().applying("max").item()
      return greatest < Double(Float.greatestFiniteMagnitude) ? try value.converted(to: .float32) : value
    }
  }
}

/// Collects tensors from a tap.
private final class TensorCollector {
  var tensors: [Tensor?]
  init(count: Int) { tensors = Array(repeating: nil, count: count) }
}
