import Allocation
import Foundation
import Network
import Proxies
import Quantization
import Workloads

/// What a compression has before it, when its data are loaded and nothing is computed yet.
///
///     request.whenLoaded = { print(try $0.forecast(for: proxy, refinements: nil).seconds) }
public struct CompressionProspect: Sendable {
  private let network: Network
  private let request: CompressionRequest
  private let available: Int
  private let proved: Int
  private let calibrated: Int
  /// Multiplications a second of the float network on all threads.
  private let rate: Double
  private let threads: Int
  /// Whether there may be batch norms to correct by.
  private let hasNorms: Bool
  /// What an example takes as the network takes it.
  private let exampleBytes: Double

  /// Runs the float network on a batch for each thread, to see how fast this machine is.
  init(
    _ workload: Workload, _ request: CompressionRequest, images: CompressionImages,
    calibration: LoadedExamples, threads: Int
  ) throws {
    network = workload.network
    self.request = request
    self.threads = threads
    hasNorms = workload.source.graph.nodes.contains { $0.operatorType == "BatchNormalization" }
    available = images.chosenBy.count
    proved = images.proof.count
    calibrated = calibration.batches.reduce(0) { $0 + $1.count }
    let bytes = calibration.batches.flatMap(\.tensors).reduce(0) { $0 + $1.count * 4 }
    exampleBytes = Double(bytes) / Double(max(1, calibrated))
    let batches = Array(calibration.batches.prefix(threads))
    // What libraries prepare once is none of it.
    _ = try workload.multiplications(in: 1, inputs: batches, threads: threads)
    rate = try max(1, workload.multiplications(in: 1, inputs: batches, threads: threads))
  }

  /// How long that is going to take.
  ///
  /// - Parameters:
  ///   - proxy: what bits are chosen by; nil for measured layers.
  ///   - images: that statistics are computed on; nil for as many as fit the network.
  ///   - refinements: configurations that are measured; nil for as many as fit the network.
  /// - Throws: `StatisticsError` where the proxy's background is not among the candidates.
  public func forecast(
    for proxy: (any ScoringProxy)?, images: Int? = nil, refinements: Int? = nil
  ) throws -> CompressionForecast {
    let effort = CompressionEffort(network, request.space, memory: request.memory)
    let passes: (_ images: Double) -> Double = { $0 * Double(effort.macs) / rate }
    let seesInputs = request.quantization.rounding.seesInputs
    var stages = [CompressionForecast.Stage("calibration", 2.5 * passes(Double(calibrated)))]
    let roundingPasses = seesInputs ? 1.3 * passes(Double(calibrated)) : 0
    stages.append(.init("rounding", roundingPasses + roundingProducts / (rate * 0.6)))
    if let proxy {
      let responses = try effort.responses(
        for: [proxy], images: images, rounding: request.quantization.rounding, available: available)
      if let responses { stages.append(.init("statistics", 1.2 * passes(responses.imagePasses))) }
    } else {
      let choices = request.space.choices.reduce(0) { $0 + $1.count - 1 }
      stages.append(.init("measuring layers", passes(Double(choices * effort.measuredImages))))
    }
    let corrections =
      request.measuresCorrections ? (hasNorms ? 3 : 1) : request.quantization.correction == .none ? 0 : 1
    let count = refinements ?? effort.refinements
    let corrected = Double(corrections * effort.correctedImages * 6 + 4 * effort.measuredImages)
    stages.append(.init("corrections", passes(corrected) * (count > 0 ? 2 : 1)))
    if count > 0 { stages.append(.init("refinement", passes(Double(count * effort.measuredImages)))) }
    stages.append(.init("proof", passes(Double(2 * proved))))
    return CompressionForecast(stages: stages, threads: threads, bytes: bytes(effort))
  }

  /// The most memory at a time, about: examples, weights at all bits, and the larger one of what rounding and corrections
  /// take.
  private func bytes(_ effort: CompressionEffort) -> Double {
    let weights = network.layers.reduce(0.0) { $0 + Double($1.weightShape.reduce(1, *)) }
    let bits = Double(Set(request.space.layerChoices.joined().map(\.weightBits)).count)
    let examples = Double(calibrated + 2 * effort.measuredImages + proved) * exampleBytes
    let columns = network.layers.map { layer in
      let size = Double(layer.weightShape.reduce(1, *)) / Double(max(1, layer.weightShape[layer.outputAxis]))
      return (groups: Double(max(1, layer.groups)), squares: size * size)
    }
    var rounding = 0.0
    if request.quantization.rounding.seesInputs {
      // Sums of two lanes or more, and factors in double precision of a layer for each thread.
      let sums = columns.reduce(0) { $0 + 4 * $1.groups * $1.squares }
      rounding =
        max(2 * sums, min(8 * sums, Double(1 << 30))) + Double(threads) * 32
        * (columns.map(\.squares).max() ?? 0)
    }
    let output = 4 * Double(network.layers.map { $0.outputShape.reduce(1, *) }.max() ?? 1)
    // Of the float and the rounded network, before and after a layer and its activation function.
    let corrections = 5 * output * Double(effort.correctedImages) + Double(threads) * Double(256 << 20)
    return Double(256 << 20) + examples + weights * (12 + 8 * bits) + max(rounding, corrections)
  }

  /// Multiplications of second-order rounding at all bits: each of 14 ranges and the result pass errors on through K
  /// columns.
  private var roundingProducts: Double {
    guard request.quantization.rounding.seesInputs else { return 0 }
    return zip(network.layers, request.space.layerChoices).reduce(0) { sum, item in
      let (layer, choices) = item
      let rows = Double(max(1, layer.weightShape[layer.outputAxis]))
      let columns = Double(layer.weightShape.reduce(1, *)) / rows
      let bits = Double(Set(choices.map(\.weightBits)).count)
      let factors = Double(layer.groups) * columns * columns * columns * 4
      return sum + 15 * bits * rows * columns * columns / 2 + factors
    }
  }
}
