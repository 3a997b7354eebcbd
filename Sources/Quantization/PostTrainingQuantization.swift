import Network
import ONNX
import Support
import Torch

/// A float network made ready for trying bit configurations: batch norms folded, inputs calibrated, and each
/// weight quantized once for each number of bits.
public struct PostTrainingQuantization: Sendable {
  /// The float network, batch norms folded.
  public let network: Network
  /// The range of each layer's input over the calibration images.
  public let ranges: [ActivationRange]
  private let weights: WeightCache

  /// Folds batch norms and calibrates by the least and greatest value of each layer's input.
  ///
  /// - Parameters:
  ///   - model: the float model.
  ///   - calibration: batches of preprocessed images.
  public init(
    _ model: Model, name: String, inputShape: [Int]? = nil, calibration: [Tensor], threads: Int
  ) throws {
    network = try Network(model.foldingBatchNormalization(), name: name, inputShape: inputShape)
    ranges = try Self.calibrate(network, calibration, threads: threads)
    weights = WeightCache()
  }

  private static func calibrate(_ network: Network, _ batches: [Tensor], threads: Int) throws
    -> [ActivationRange]
  {
    guard !batches.isEmpty else { throw NetworkError.input("calibration needs at least one image") }
    let all = try parallelTensorMap(count: batches.count, threads: threads) { index in
      let seen = RangeCollector(count: network.layers.count)
      var taps = Taps()
      taps.input = { layer, tensor in
        let lowest = try tensor.applying("min").item()
        let highest = try tensor.applying("max").item()
        seen.ranges[layer] = ActivationRange(lowest: lowest, highest: highest)
        return tensor
      }
      _ = try network.logits(batches[index], taps: taps)
      return seen.ranges
    }
    return network.layers.indices.map { layer in
      ActivationRange(
        lowest: all.map { $0[layer].lowest }.min() ?? 0, highest: all.map { $0[layer].highest }.max() ?? 0)
    }
  }

  /// The costs of the network's layers.
  public var costs: CostModel {
    CostModel(
      layers: network.layers.map { LayerCost(name: $0.name, parameters: $0.parameters, macs: $0.macs) })
  }

  /// The weight of a layer at a number of bits; computed once.
  public func weight(layer: Int, bits: Int) throws -> QuantizedWeight {
    try weights.entry(layer: layer, bits: bits) {
      try withoutGradients {
        let quantized = try QuantizedWeight(
          network.weights[layer], axis: network.layers[layer].outputAxis, bits: bits)
        return (quantized, try quantized.dequantized().channelsLast())
      }
    }.quantized
  }

  private func dequantized(layer: Int, bits: Int) throws -> Tensor {
    _ = try weight(layer: layer, bits: bits)
    return try weights.entry(layer: layer, bits: bits) {
      throw TorchError(operation: "quantize", reason: "the weight of layer \(layer) is missing")
    }.dequantized
  }

  /// The network with the weights of a configuration, and the function that rounds its layers' inputs.
  public func simulation(_ configuration: BitConfiguration) throws -> SimulatedNetwork {
    guard configuration.weightBits.count == network.layers.count else {
      throw NetworkError.input(
        "\(configuration.weightBits.count) bits for the \(network.layers.count) quantizable layers of \(network.name)"
      )
    }
    var replacements: [Int: Tensor] = [:]
    for (layer, index) in network.weightIndices.enumerated() {
      replacements[index] = try dequantized(layer: layer, bits: configuration.weightBits[layer])
    }
    return SimulatedNetwork(
      network: try network.replacingConstants(replacements),
      quantizers: activationQuantizers(configuration))
  }

  /// The grid of each layer's input in a configuration.
  public func activationQuantizers(_ configuration: BitConfiguration) -> [ActivationQuantizer] {
    zip(ranges, configuration.activationBits).map {
      ActivationQuantizer(lowest: $0.lowest, highest: $0.highest, bits: $1)
    }
  }
}

/// A network whose weights and layer inputs are rounded as they will be in the exported file.
public struct SimulatedNetwork: Sendable {
  let network: Network
  let quantizers: [ActivationQuantizer]

  /// Logits of batches of images, in their order.
  public func logits(batches: [Tensor], threads: Int, progress: ProgressHandler? = nil) throws -> [Tensor] {
    let quantizers = quantizers
    return try network.logits(batches: batches, threads: threads, progress: progress) {
      var taps = Taps()
      taps.input = { layer, tensor in try quantizers[layer].apply(tensor) }
      return taps
    }
  }
}

/// Collects ranges from a tap.
private final class RangeCollector {
  var ranges: [ActivationRange]
  init(count: Int) { ranges = Array(repeating: ActivationRange(lowest: 0, highest: 0), count: count) }
}
