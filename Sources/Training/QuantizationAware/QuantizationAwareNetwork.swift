import Foundations
import Network
import Quantization
import Torch

/// A network that rounds weights and layer inputs by grids that are learned together with it.
///
/// It begins as a network that was quantized after training. Its parameters stand beside it, in the order of
/// ``names``: weights, steps of weights, steps of layer inputs, then biases, scales and shifts.
struct QuantizationAwareNetwork: Sendable {
  /// The network that is trained, with running statistics of batch norms.
  private(set) var network: Network
  /// The names of parameters.
  let names: [String]
  /// The parameters as they begin.
  let initialParameters: [Tensor]
  /// How many parameters are weights, steps, and the rest.
  let counts: [Int]

  private let batchNorms: FineTuningOptions.BatchNorms
  private let start: QuantizedNetwork
  private let weights: [LearnedWeight]
  private let activations: LearnedActivations
  /// The indices of further constants that are trained.
  private let constants: [Int]
  private let norms: [FoldableNorm?]
  /// What is added to each channel of a layer's output.
  private let shifts: [Tensor?]

  /// Begins at a quantized network.
  ///
  /// - Parameters:
  ///   - start: the quantized network.
  ///   - folded: the float network that it was made of, batch norms folded.
  ///   - original: the float network with batch norms apart.
  /// - Throws: `FileError` where batch norms are trained but all channels of a weight share a step.
  init(
    _ start: QuantizedNetwork, folded: Network, original: Network, batchNorms: FineTuningOptions.BatchNorms
  ) throws {
    self.start = start
    self.batchNorms = batchNorms
    let network = batchNorms == .trained ? original : folded
    self.network = network
    let norms = try FoldableNorm.find(in: network, folded: folded)
    self.norms = norms
    if norms.contains(where: { $0 != nil }),
      start.weights.contains(where: { $0.grid.scheme.granularity == .tensor })
    {
      throw FileError(
        .usage,
        "batch norms can be trained where each channel of a weight has a scale, not where they share one")
    }
    let factors = try norms.map { try $0?.factors(in: network) }
    weights = try zip(start.weights, zip(folded.weights, factors)).map {
      try LearnedWeight($0, float: $1.0.contiguous(), factors: $1.1)
    }
    shifts = try zip(start.shifts, factors).map { shift, factors in
      try factors.map { try shift?.divided(by: $0) } ?? shift
    }
    activations = LearnedActivations(start, in: network)
    let groupCount = activations.grids.count
    let weightIndices = Set(network.weightIndices)
    let named = Dictionary(
      network.model.graph.initializers.keys.compactMap { name in network.valueIndices[name].map { ($0, name) }
      },
      uniquingKeysWith: { first, _ in first })
    let constants = network.trainableIndices.filter { !weightIndices.contains($0) && named[$0] != nil }
    self.constants = constants
    let layers = weights.indices
    names =
      layers.map { "weight/\($0)" } + layers.map { "step/\($0)" } + (0..<groupCount).map { "input/\($0)" }
      + constants.map { "constant/\(named[$0] ?? "")" }
    counts = [weights.count, weights.count + groupCount, constants.count]
    let one = try Tensor.full(1, shape: [1])
    initialParameters =
      weights.map(\.initialValue) + weights.map(\.initialRatio) + Array(repeating: one, count: groupCount)
      + constants.compactMap { network.constants[$0] }
  }

  /// The parameters by what they are.
  private func split(_ parameters: [Tensor]) -> (
    values: ArraySlice<Tensor>, ratios: ArraySlice<Tensor>, inputs: ArraySlice<Tensor>,
    constants: [Int: Tensor]
  ) {
    let layers = weights.count
    let stepsEnd = layers + counts[1]
    return (
      parameters[..<layers], parameters[layers..<2 * layers], parameters[(2 * layers)..<stepsEnd],
      Dictionary(uniqueKeysWithValues: zip(constants, parameters[stepsEnd...]))
    )
  }

  /// Logits of images, with batch statistics where batch norms are trained.
  func forward(_ input: Tensor, parameters: [Tensor]) throws -> ForwardResult {
    let parts = split(parameters)
    var taps = activations.taps(ratios: parts.inputs)
    taps.weight = { layer, _ in
      try weights[layer].weight(parts.values[layer], ratio: parts.ratios[weights.count + layer])
    }
    taps.output = { layer, tensor in
      try shifts[layer].map { try tensor.adding($0.asChannels(of: network.layers[layer], rank: tensor.rank)) }
        ?? tensor
    }
    return try network.forward(
      input, mode: batchNorms == .trained ? .training : .inference, replacing: parts.constants, taps: taps)
  }

  /// Parameters after a step, where that took them too far: steps stay above 0 and scales of batch norms on their
  /// side of 0, as integers would have to be mirrored.
  func bounded(_ parameters: [Tensor]) throws -> [Tensor] {
    let steps = counts[0]..<counts[0] + counts[1]
    let scales = Set(norms.compactMap { $0?.scale })
    return try parameters.enumerated().map { position, parameter in
      if steps.contains(position) { return try parameter.clamped(0.05, .infinity) }
      guard position >= steps.upperBound, scales.contains(constants[position - steps.upperBound]) else {
        return parameter
      }
      let first = initialParameters[position]
      let sign = try first.signs()
      return try Tensor.single(
        "aten::maximum",
        [.tensor(parameter.multiplied(by: sign)), .tensor(first.absolute().scaled(by: 0.01))]
      ).multiplied(by: sign)
    }
  }

  /// Takes in the statistics of batch norms over a step's shares.
  mutating func update(_ statistics: [[Int: BatchStatistics]]) throws {
    network = try network.updatingRunningStatistics(statistics, momentum: 0.1)
  }

  /// The names and values of constants that are no parameters but change: running statistics.
  var runningStatistics: [(name: String, tensor: Tensor)] {
    network.model.graph.nodes.filter { $0.operatorType == "BatchNormalization" && batchNorms == .trained }
      .flatMap { $0.inputs.dropFirst(3) }
      .compactMap { name in
        network.valueIndices[name].flatMap { network.constants[$0] }.map { (name, $0) }
      }
  }

  /// Resumes with running statistics by name.
  mutating func restore(_ statistics: [String: Tensor]) throws {
    var replacements: [Int: Tensor] = [:]
    for (name, tensor) in statistics {
      if let index = network.valueIndices[name] { replacements[index] = tensor }
    }
    network = try network.replacingConstants(replacements)
  }

  /// The network with its parameters rounded as they will be in the exported file.
  func quantized(_ parameters: [Tensor]) throws -> QuantizedNetwork {
    let parts = split(parameters)
    let trained = try network.replacingConstants(parts.constants)
    let float = try Network(
      trained.modelWithConstants().foldingBatchNormalization(), name: network.name,
      options: network.options)
    let factors = try norms.map { try $0?.factors(in: trained) }
    return try QuantizedNetwork(
      configuration: start.configuration, arithmetic: start.arithmetic,
      weights: weights.enumerated().map { layer, weight in
        try weight.quantized(
          parts.values[layer], ratio: parts.ratios[weights.count + layer], factors: factors[layer])
      },
      rounding: activations.rounding(ratios: parts.inputs, in: float),
      shifts: zip(shifts, factors).map { shift, factors in
        try factors.map { try shift?.multiplied(by: $0) } ?? shift
      }, float: float, keepsFloatWeights: false)
  }
}
