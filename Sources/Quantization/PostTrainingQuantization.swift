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
  public private(set) var options: QuantizationOptions
  let calibration: [Inputs]
  package let batchNorms: [FoldedBatchNormalization?]
  let calibrator: ActivationCalibrator
  let roundedValues: RoundedValues?
  let moments: MomentCache
  private let cache: WeightCache
  private let store: (any WeightStore)?

  /// Folds batch norms and calibrates the range of each layer's input.
  ///
  /// - Parameters:
  ///   - model: the float model.
  ///   - name: what the network is called.
  ///   - networkOptions: what the file does not say.
  ///   - calibration: batches of examples.
  ///   - options: how it is quantized.
  ///   - store: where rounded weights are kept beyond this process.
  ///   - threads: how many run at once.
  ///   - progress: receives the progress.
  public init(
    _ model: Model, name: String, network networkOptions: NetworkOptions = NetworkOptions(),
    calibration: [Inputs],
    options: QuantizationOptions = QuantizationOptions(), store: (any WeightStore)? = nil, threads: Int,
    progress: ProgressHandler? = nil
  ) throws {
    if options.correction.reestimatesBatchNorms, options.weights.granularity == .tensor {
      throw NetworkError.input(
        "batch norms can be re-estimated where each channel has a scale; one scale for the tensor leaves no place for it"
      )
    }
    network = try Network(model.foldingBatchNormalization(), name: name, options: networkOptions)
    roundedValues = try options.arithmetic == .integer ? RoundedValues(network) : nil
    calibrator = try ActivationCalibrator(
      network, calibration, calibration: options.calibration, values: roundedValues?.roots ?? [],
      threads: threads, progress: progress)
    let norms = try FoldedBatchNormalization.find(in: model)
    batchNorms = network.layers.map { norms[$0.name] }
    self.options = options
    self.calibration = calibration
    self.store = store
    moments = MomentCache()
    cache = WeightCache()
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
    roundedValues = base.roundedValues
    self.store = store
    moments = MomentCache()
    cache = WeightCache()
  }

  /// The corrections that there is a place for: re-estimation needs a layer with a batch norm, and a scale for each channel.
  public var possibleCorrections: [Correction] {
    let hasPlace = options.weights.granularity == .channel && batchNorms.contains { $0 != nil }
    return Correction.allCases.filter { hasPlace || !$0.reestimatesBatchNorms }
  }

  /// The same network, its rounded weights shared, with another one of ``possibleCorrections``.
  public func correcting(by correction: Correction) -> PostTrainingQuantization {
    var copy = self
    copy.options.correction = correction
    return copy
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
    if bits == BitChoice.floatWeightBits {
      let weight = try withoutGradients {
        try QuantizedWeight(
          nearest: network.weights[layer].contiguous(), axis: described.outputAxis, bits: bits,
          scheme: WeightScheme(symmetry: .symmetric))
      }
      try cache.insert(weight, layer: layer, bits: bits)
      return true
    }
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

  /// The weight of a layer that stays float, on a grid too fine to matter.
  func floatWeight(layer: Int) throws -> QuantizedWeight {
    let bits = BitChoice.floatWeightBits
    guard try isKnown(layer: layer, bits: bits), let entry = cache[layer, bits] else {
      throw TorchError(operation: "quantize", reason: "the weight of layer \(layer) was not kept")
    }
    return entry.quantized
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
      if BitConfiguration(weightBits: [bits.0], activationBits: [bits.1])?.isSupported != true {
        throw NetworkError.input(
          "\(network.name): layer \(layer.name) is given \(bits.0) bits, and \(bits.1) of its input; 2 to 8 are possible,"
            + " and 16 for weights of layers that stay float")
      }
    }
  }

  /// The network with the bits of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the bits of each layer.
  ///   - threads: how many run at once.
  ///   - progress: of rounding, where that is sequential.
  public func quantized(
    _ configuration: BitConfiguration, threads: Int, progress: ProgressHandler? = nil
  ) throws -> QuantizedNetwork {
    let weights = try roundedWeights(configuration, threads: threads, progress: progress)
    return try corrected(configuration, weights, threads: threads)
  }

  /// The network with the bits of a configuration under several corrections, in their order; weights are rounded once.
  ///
  /// - Parameters:
  ///   - configuration: the bits of each layer.
  ///   - corrections: of ``possibleCorrections``.
  ///   - count: calibration images that corrections are computed on, about; nil for all.
  ///   - threads: how many run at once.
  ///   - progress: of rounding, where that is sequential.
  /// - Complexity: beside rounding, for each correction but none, two passes over the calibration images, and five
  ///   of the activation functions with their derivatives for one of biases.
  public func quantized(
    _ configuration: BitConfiguration, under corrections: [Correction], images count: Int? = nil,
    threads: Int,
    progress: ProgressHandler? = nil
  ) throws -> [QuantizedNetwork] {
    let weights = try roundedWeights(configuration, threads: threads, progress: progress)
    return try corrections.map {
      try correcting(by: $0).corrected(configuration, weights, images: count, threads: threads)
    }
  }

  /// The weight of each layer, before corrections.
  private func roundedWeights(
    _ configuration: BitConfiguration, threads: Int, progress: ProgressHandler?
  ) throws -> [QuantizedWeight] {
    try check(configuration)
    if options.isSequential {
      return try SequentialRounding(
        quantization: self, configuration: configuration, threads: threads, progress: progress
      ).weights()
    }
    _ = try prepare([configuration], threads: threads)
    return try network.layers.indices.map { layer in
      guard let entry = cache[layer, configuration[layer].weightBits] else {
        throw TorchError(operation: "quantize", reason: "the weight of layer \(layer) was not rounded")
      }
      return entry.quantized
    }
  }

  private func corrected(
    _ configuration: BitConfiguration, _ rounded: [QuantizedWeight], images: Int? = nil, threads: Int
  ) throws -> QuantizedNetwork {
    var weights = rounded
    var shifts = [Tensor?](repeating: nil, count: weights.count)
    if options.correction != .none {
      let changes = try OutputCorrection(
        quantization: self, configuration: configuration, images: images, threads: threads
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
      configuration, weights: weights, shifts: shifts,
      isShared: !options.isSequential && options.correction == .none)
  }

  private func assembled(
    _ configuration: BitConfiguration, weights: [QuantizedWeight], shifts: [Tensor?], isShared: Bool
  ) throws -> QuantizedNetwork {
    let rounding = activationRounding(configuration)
    guard isShared else {
      return try QuantizedNetwork(
        configuration: configuration, arithmetic: options.arithmetic, weights: weights, rounding: rounding,
        shifts: shifts, float: network)
    }
    let bits = configuration.weightBits
    return try QuantizedNetwork(
      configuration: configuration, arithmetic: options.arithmetic, weights: weights, rounding: rounding,
      shifts: shifts, float: network, value: { cache[$0, bits[$0]]?.dequantized },
      convolution: { layer, grids, make in
        try cache.convolution(layer: layer, bits: bits[layer], grids: grids, make: make)
      })
  }
}
