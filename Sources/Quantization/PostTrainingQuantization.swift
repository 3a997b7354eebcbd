import BitModel
import Foundations
import Network
import ONNX
import Torch

/// A float network made ready for trying bit configurations: batch norms folded, inputs calibrated, and each
/// weight rounded once for each number of bits.
///
///     let quantization = try PostTrainingQuantization(model, name: "resnet20", calibration: batches, threads: 2)
///     let logits = try quantization.quantized(configuration, threads: 2).logits(batches: images, threads: 2)
public struct PostTrainingQuantization: Sendable {
  /// The float network, batch norms folded.
  public let network: Network
  /// How it is quantized.
  public let options: QuantizationOptions
  let calibration: [Tensor]
  package let batchNorms: [FoldedBatchNormalization?]
  private let calibrator: ActivationCalibrator
  let moments = MomentCache()
  private let cache = WeightCache()
  private let store: (any WeightStore)?

  /// Folds batch norms and calibrates the range of each layer's input.
  ///
  /// - Parameters:
  ///   - model: the float model.
  ///   - calibration: batches of preprocessed images.
  ///   - store: where rounded weights are kept beyond this process.
  public init(
    _ model: Model, name: String, inputShape: [Int]? = nil, calibration: [Tensor],
    options: QuantizationOptions = QuantizationOptions(), store: (any WeightStore)? = nil, threads: Int,
    progress: ProgressHandler? = nil
  ) throws {
    if options.reestimatesBatchNorms, options.weights.granularity == .tensor {
      throw NetworkError.input(
        "batch norms can be re-estimated where each channel has a scale; one scale for the tensor leaves no place for it"
      )
    }
    network = try Network(model.foldingBatchNormalization(), name: name, inputShape: inputShape)
    calibrator = try ActivationCalibrator(
      network, calibration, calibration: options.calibration, threads: threads, progress: progress)
    let norms = try FoldedBatchNormalization.find(in: model)
    batchNorms = network.layers.map { norms[$0.name] }
    self.options = options
    self.calibration = calibration
    self.store = store
  }

  /// The costs of the network's layers.
  public var costs: CostModel { network.costs }

  /// The same network with rounded weights kept in a store.
  public func keepingWeights(in store: some WeightStore) -> PostTrainingQuantization {
    PostTrainingQuantization(self, store: store)
  }

  private init(_ base: PostTrainingQuantization, store: some WeightStore) {
    network = base.network
    options = base.options
    calibration = base.calibration
    batchNorms = base.batchNorms
    calibrator = base.calibrator
    self.store = store
  }

  /// Rounds the weights that configurations need and that are not yet kept.
  ///
  /// - Returns: whether all were rounded; false where the user asked to stop.
  public func prepare(
    _ configurations: [BitConfiguration], threads: Int, progress: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> Bool {
    try ComposableRounding(quantization: self, threads: threads).prepare(
      configurations, progress: progress, isCancelled: isCancelled)
  }

  /// Whether the weight of a layer at some bits is in memory or in the store, from where it is taken.
  func isKnown(layer: Int, bits: Int) throws -> Bool {
    if cache[layer, bits] != nil { return true }
    let described = network.layers[layer]
    guard
      let weight = try store?.weight(layer: layer, bits: bits)?.weight(
        shape: described.weightShape, axis: described.outputAxis, bits: bits, scheme: options.weights)
    else { return false }
    try cache.insert(weight, layer: layer, bits: bits)
    return true
  }

  /// A layer's weight rounded to some bits by itself, which ``prepare(_:threads:progress:isCancelled:)`` has to have
  /// rounded before, as float32.
  public func roundedWeight(layer: Int, bits: Int) throws -> Tensor {
    guard try isKnown(layer: layer, bits: bits), let entry = cache[layer, bits] else {
      throw TorchError(
        operation: "quantize", reason: "the weight of layer \(layer) was not rounded to \(bits) bits")
    }
    return entry.dequantized
  }

  /// Keeps a rounded weight.
  func keep(_ weight: QuantizedWeight, layer: Int) throws {
    try cache.insert(weight, layer: layer, bits: weight.bits)
    try store?.keep(StoredWeight(weight), layer: layer, bits: weight.bits)
  }

  /// Checks that a configuration is one of this network.
  private func check(_ configuration: BitConfiguration) throws {
    guard configuration.weightBits.count == network.layers.count else {
      throw NetworkError.input(
        "\(configuration.weightBits.count) bits for the \(network.layers.count) quantizable layers of \(network.name)"
      )
    }
    for (layer, bits) in zip(network.layers, zip(configuration.weightBits, configuration.activationBits)) {
      for bits in [bits.0, bits.1] where !BitConfiguration.supportedBits.contains(bits) {
        throw NetworkError.input(
          "\(network.name): layer \(layer.name) is given \(bits) bits; 2 to 8 are possible")
      }
    }
  }

  /// The network with the bits of a configuration.
  ///
  /// - Parameter progress: of rounding, where that is sequential.
  public func quantized(
    _ configuration: BitConfiguration, threads: Int, progress: ProgressHandler? = nil
  ) throws -> QuantizedNetwork {
    try check(configuration)
    var weights: [QuantizedWeight]
    if options.isSequential {
      weights = try SequentialRounding(
        quantization: self, configuration: configuration, threads: threads, progress: progress
      ).weights()
    } else {
      _ = try prepare([configuration], threads: threads)
      weights = try network.layers.indices.map { layer in
        guard let entry = cache[layer, configuration[layer].weightBits] else {
          throw TorchError(operation: "quantize", reason: "the weight of layer \(layer) was not rounded")
        }
        return entry.quantized
      }
    }
    let isCorrected = options.correctsBias || options.reestimatesBatchNorms
    var shifts = [Tensor?](repeating: nil, count: weights.count)
    if isCorrected {
      let changes = try OutputCorrection(
        quantization: self, configuration: configuration, threads: threads
      ).changes(weights: weights)
      for (layer, change) in changes.enumerated() {
        var shift = change.shift
        if let factor = change.factor {
          weights[layer] = try weights[layer].scaled(by: factor)
          // The bias is scaled like everything else.
          if let bias = network.bias(ofLayer: layer), let known = shift {
            shift = try known.adding(bias.multiplied(by: factor).subtracting(bias))
          }
        }
        shifts[layer] = shift
      }
    }
    return try assembled(
      configuration, weights: weights, shifts: shifts, isShared: !options.isSequential && !isCorrected)
  }

  private func assembled(
    _ configuration: BitConfiguration, weights: [QuantizedWeight], shifts: [Tensor?], isShared: Bool
  ) throws -> QuantizedNetwork {
    let quantizers = activationQuantizers(configuration)
    guard isShared else {
      return try QuantizedNetwork(
        configuration: configuration, weights: weights, quantizers: quantizers, shifts: shifts, float: network
      )
    }
    let bits = configuration.weightBits
    return try QuantizedNetwork(
      configuration: configuration, weights: weights, quantizers: quantizers, shifts: shifts, float: network,
      value: { cache[$0, bits[$0]]?.dequantized },
      convolution: { layer, make in
        try cache.convolution(layer: layer, bits: bits[layer], quantizer: quantizers[layer], make: make)
      })
  }

  /// The grid of each layer's input in a configuration.
  public func activationQuantizers(_ configuration: BitConfiguration) -> [ActivationQuantizer] {
    zip(calibrator.histograms, configuration.activationBits).map { histogram, bits in
      let range = histogram.range(options.calibration, bits: bits)
      return ActivationQuantizer(lowest: range.lowest, highest: range.highest, bits: bits)
    }
  }
}
