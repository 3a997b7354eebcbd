import BitModel
import Foundation
import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

/// Computes perturbation statistics: what rounding one layer's weight alone does.
///
///     let table = try PerturbationCollector(
///       quantization: quantization, images: images, labels: labels, weightBits: [2, 3, 4], activationBits: [8]
///     ).collect(options)
///
/// The first and last layer are rounded to 8 bits too, as configurations keep them there.
public struct PerturbationCollector: Sendable {
  let quantization: PostTrainingQuantization
  let inputs: Inputs
  let labels: [Int]
  let weightBits: [Int]
  let activationBits: [Int]
  let statistics: Set<PerturbationStatistic>
  let passes: [PerturbationPass]
  /// Whether blocks of the Hessian are differentiated twice even where the network is piecewise linear.
  package var ignoresPiecewiseLinearity = false

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how its weights are rounded.
  ///   - inputs: N examples.
  ///   - labels: N classes; none for outputs that are values.
  ///   - weightBits: bits that weights may have.
  ///   - activationBits: bits that layers' inputs may have; with several, what rounding each input alone does is
  ///     computed, too.
  ///   - statistics: which are needed; without derivatives among them, forward passes are enough.
  ///   - passes: what computes statistics, in the order in which it runs.
  public init(
    quantization: PostTrainingQuantization, inputs: Inputs, labels: [Int], weightBits: [Int],
    activationBits: [Int], statistics: Set<PerturbationStatistic> = Set(PerturbationStatistic.allCases),
    passes: [PerturbationPass] = PerturbationPass.all
  ) {
    self.passes = passes
    self.statistics = statistics
    self.quantization = quantization
    self.inputs = inputs
    self.labels = labels
    self.weightBits = Set(weightBits).sorted()
    self.activationBits = Set(activationBits).sorted()
  }

  private var network: Network { quantization.network }

  private let outerLayers = OuterLayers.keepEight

  /// The bits that each layer is rounded to.
  private var choices: [[Int]] {
    let costs = network.costs
    return network.layers.indices.map { layer in
      let fixed = outerLayers.fixedBits(layer: layer, of: costs)
      return fixed.map { Set(weightBits + [$0]).sorted() } ?? weightBits
    }
  }

  /// Computes all of them.
  ///
  /// - Parameters:
  ///   - options: what is computed, and how exactly.
  ///   - calibration: which images the rounding was calibrated on, in a form that can be compared.
  ///   - times: takes the seconds of each stage.
  ///   - progress: receives the progress.
  ///   - isCancelled: whether the user asked to stop.
  /// - Returns: nil where the user asked to stop.
  /// - Complexity: the rounding; a forward pass and a backward pass for each class; a forward pass from each layer on
  ///   for each number of bits.
  public func collect(
    _ options: StatisticsOptions, calibration: String, times: StageTimer? = nil,
    progress: ProgressHandler? = nil,
    isCancelled: @escaping CancellationCheck = { false }
  ) throws -> PerturbationTable? {
    let threads = options.threads
    let rounded = try StageTimer.measured(times, .rounding) {
      try roundedWeights(threads: threads, progress: progress, isCancelled: isCancelled)
    }
    guard let rounded else { return nil }
    let work = PerturbationWork(
      network: network, rounded: rounded, inputGrids: inputGrids(), inputs: inputs, labels: labels,
      comparison: try OutputComparison(network, on: inputs, threads: threads),
      options: options, changes: try PerturbedWeights(network: network, rounded: rounded),
      usesFactors: network.isPiecewiseLinear && !ignoresPiecewiseLinearity, progress: progress,
      isCancelled: isCancelled)
    var values = PerturbationValues()
    for pass in passes where pass.isNeeded(statistics) {
      if isCancelled() { return nil }
      guard let found = try StageTimer.measured(times, pass.stage, { try pass.collect(work) }) else {
        return nil
      }
      values.merge(found)
    }
    let bits = Set(choices.joined()).sorted()
    var table = values.ofWeights.mapValues { layers in
      zip(layers, choices).map { values, known in
        bits.map { bits in known.firstIndex(of: bits).map { values[$0] } ?? .nan }
      }
    }
    table.merge(values.ofActivations) { known, _ in known }
    return PerturbationTable(
      rounding: quantization.options.layerwiseIdentity, calibration: calibration,
      weightBits: bits, activationBits: activationBits, values: table, inputValues: values.ofInputs)
  }

  /// By layer and choice of bits.
  private func roundedWeights(
    threads: Int, progress: ProgressHandler?, isCancelled: CancellationCheck
  ) throws -> [[Tensor]]? {
    let count = network.layers.count
    var configurations = weightBits.map {
      BitConfiguration(repeating: BitChoice(weightBits: $0), count: count)
    }
    if let least = weightBits.first {
      configurations.append(network.costs.uniform(least, outerLayers: outerLayers))
    }
    guard
      try quantization.prepare(
        configurations, threads: threads, progress: progress, isCancelled: isCancelled)
    else { return nil }
    return try choices.enumerated().map { layer, choices in
      try choices.map { try quantization.roundedWeight(layer: layer, bits: $0) }
    }
  }

  /// By bits of inputs and layer.
  private func inputGrids() -> [[ActivationQuantizer]] {
    activationBits.map { bits in
      quantization.activationQuantizers(
        BitConfiguration(
          repeating: BitChoice(weightBits: 8, activationBits: bits), count: network.layers.count))
    }
  }
}
