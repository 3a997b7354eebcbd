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
  let images: Tensor
  let labels: [Int]
  let weightBits: [Int]
  let activationBits: [Int]
  let statistics: Set<PerturbationStatistic>
  /// Whether blocks of the Hessian are differentiated twice even where the network is piecewise linear.
  package var ignoresPiecewiseLinearity = false

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how its weights are rounded.
  ///   - images: [N, channels, height, width].
  ///   - labels: N classes.
  ///   - weightBits: bits that weights may have.
  ///   - activationBits: bits that layers' inputs may have; with several, what rounding each input alone does is
  ///     computed, too.
  ///   - statistics: which are needed; without derivatives among them, forward passes are enough.
  public init(
    quantization: PostTrainingQuantization, images: Tensor, labels: [Int], weightBits: [Int],
    activationBits: [Int], statistics: Set<PerturbationStatistic> = Set(PerturbationStatistic.allCases)
  ) {
    self.statistics = statistics
    self.quantization = quantization
    self.images = images
    self.labels = labels
    self.weightBits = Set(weightBits).sorted()
    self.activationBits = Set(activationBits).sorted()
  }

  private var network: Network { quantization.network }

  private let outerLayers = OuterLayers.keepEight

  /// The bits that each layer is rounded to.
  private var choices: [[Int]] {
    network.layers.indices.map { layer in
      let fixed = outerLayers.fixedBits(layer: layer, of: network.layers.count)
      return fixed.map { Set(weightBits + [$0]).sorted() } ?? weightBits
    }
  }

  /// Computes all of them.
  ///
  /// - Parameters:
  ///   - calibration: which images the rounding was calibrated on, in a form that can be compared.
  ///   - times: takes the seconds of each stage.
  /// - Returns: nil where the user asked to stop.
  /// - Complexity: the rounding; a forward pass and a backward pass for each class; a forward pass from each layer on
  ///   for each number of bits.
  public func collect(
    _ options: StatisticsOptions, calibration: String, times: StageTimer? = nil,
    progress: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> PerturbationTable? {
    let threads = options.threads
    let rounded = try StageTimer.measured(times, .rounding) {
      try roundedWeights(threads: threads, progress: progress, isCancelled: isCancelled)
    }
    guard let rounded else { return nil }
    let changes = try PerturbedWeights(network: network, rounded: rounded)
    var values = try StageTimer.measured(times, .perturbations) {
      statistics.isDisjoint(with: PerturbationStatistic.derivatives)
        ? try changes.norms()
        : try DerivativeProducts(
          network: network, changes: changes, images: images, labels: labels, options: options,
          usesFactors: network.isPiecewiseLinear && !ignoresPiecewiseLinearity
        ).collect(progress: progress)
    }
    if isCancelled() { return nil }
    func oneLayer(_ changes: [[LayerChange]]) throws -> [PerturbationStatistic: [[Double]]]? {
      try StageTimer.measured(times, .oneLayer) {
        try OneLayerRounding(network: network, changes: changes, images: images, labels: labels)
          .collect(threads: threads, progress: progress, isCancelled: isCancelled)
      }
    }
    guard let ofWeights = try oneLayer(rounded.map { $0.map { .weight($0) } }) else { return nil }
    values.merge(ofWeights) { known, _ in known }
    var ofInputs: [PerturbationStatistic: [[Double]]]?
    if activationBits.count > 1 {
      let grids = inputGrids()
      guard let found = try oneLayer(network.layers.indices.map { layer in grids.map { .input($0[layer]) } })
      else { return nil }
      ofInputs = found
    }
    let bits = Set(choices.joined()).sorted()
    var table = values.mapValues { layers in
      zip(layers, choices).map { values, known in
        bits.map { bits in known.firstIndex(of: bits).map { values[$0] } ?? .nan }
      }
    }
    table[.activationError] = try StageTimer.measured(times, .perturbations) {
      try activationErrors(threads: threads)
    }
    return PerturbationTable(
      rounding: quantization.options.layerwiseIdentity, calibration: calibration,
      weightBits: bits, activationBits: activationBits, values: table, inputValues: ofInputs)
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

  private func activationErrors(threads: Int) throws -> [[Double]] {
    let quantizers = inputGrids()
    let shares = ImageShares(images: images, labels: labels, network: network, budget: 32_000_000)
    let parts = try parallelTensorMap(count: shares.count, threads: threads) { share in
      let errors = ErrorCollector(count: network.layers.count)
      var taps = Taps()
      taps.input = { layer, tensor in
        errors.values[layer] = try quantizers.map { grids in
          let error = try grids[layer].apply(tensor).subtracting(tensor)
          return try error.innerProduct(error)
        }
        return tensor
      }
      _ = try network.logits(shares.batch(share), taps: taps)
      return errors.values
    }
    return network.layers.indices.map { layer in
      activationBits.indices.map { bits in
        parts.reduce(0) { $0 + $1[layer][bits] } / Double(labels.count)
      }
    }
  }
}

/// Collects numbers from a tap, by layer.
private final class ErrorCollector {
  var values: [[Double]]
  init(count: Int) { values = Array(repeating: [], count: count) }
}

/// Rounded weights' errors, by layer and choice of bits.
struct PerturbedWeights: Sendable {
  let weights: [Tensor]
  let errors: [[Tensor]]

  init(network: Network, rounded: [[Tensor]]) throws {
    weights = network.weights
    errors = try withoutGradients {
      try zip(network.weights, rounded).map { weight, rounded in
        try rounded.map { try $0.subtracting(weight).channelsLast() }
      }
    }
  }

  /// ‖ΔW‖², and the same divided by ‖W‖².
  func norms() throws -> [PerturbationStatistic: [[Double]]] {
    try onSingleThread {
      try withoutGradients {
        let squares = try errors.map { try $0.map { try $0.innerProduct($0) } }
        let sizes = try weights.map { try $0.innerProduct($0) }
        return [
          .weightError: squares,
          .relativeWeightError: zip(squares, sizes).map { squares, size in squares.map { $0 / size } },
        ]
      }
    }
  }
}
