import LayerStatistics
import Network
import Quantization
import Torch

extension StatisticsCollector {
  /// Makes a collector of a network of images.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - images: [N, channels, height, width], two images or more.
  ///   - labels: N classes.
  ///   - passes: what computes statistics, in the order in which it runs.
  public init(
    network: Network, images: Tensor, labels: [Int], passes: [StatisticsPass] = StatisticsPass.all
  ) {
    self.init(network: network, inputs: Inputs(images), labels: labels, passes: passes)
  }
}

extension OutputComparison {
  /// Comparisons with a network's own outputs, of which variances are taken.
  ///
  /// - Complexity: a forward pass where outputs are values, nothing for classes.
  init(_ network: Network, on inputs: Inputs, threads: Int) throws {
    let isNeeded = network.objective == .values
    try self.init(
      network, references: isNeeded ? network.logits(batches: inputs.parts(of: 16), threads: threads) : [])
  }
}

extension PerturbationCollector {
  /// Makes a collector of a network of images.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how its weights are rounded.
  ///   - images: [N, channels, height, width].
  ///   - labels: N classes.
  ///   - weightBits: the bits that weights are rounded to.
  ///   - activationBits: the bits that inputs are rounded to.
  ///   - statistics: those that are wanted.
  ///   - passes: what computes them, in the order in which it runs.
  public init(
    quantization: PostTrainingQuantization, images: Tensor, labels: [Int], weightBits: [Int],
    activationBits: [Int], statistics: Set<PerturbationStatistic> = Set(PerturbationStatistic.allCases),
    passes: [PerturbationPass] = PerturbationPass.all
  ) {
    self.init(
      quantization: quantization, inputs: Inputs(images), labels: labels, weightBits: weightBits,
      activationBits: activationBits, statistics: statistics, passes: passes)
  }
}

extension ResponseCollector {
  /// Makes a collector of a network of images, [N, channels, height, width].
  public init(quantization: PostTrainingQuantization, images: Tensor, plan: ResponsePlan) {
    self.init(quantization: quantization, inputs: Inputs(images), plan: plan)
  }
}
