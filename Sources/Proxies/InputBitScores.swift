import BitModel
import LayerStatistics

/// A score for each layer and each number of bits that its input may have, of rounding inputs while weights are as they
/// were.
public struct InputBitScores: Sendable {
  /// The number of layers.
  public let layerCount: Int
  /// How a configuration's score is made.
  public let aggregation: Aggregation
  private let value: @Sendable (_ layer: Int, _ activationBits: Int) -> Double?

  /// Makes scores of a function; nil where a layer's bits have no score.
  public init(
    layerCount: Int, aggregation: Aggregation = .sum,
    value: @escaping @Sendable (_ layer: Int, _ activationBits: Int) -> Double?
  ) {
    self.layerCount = layerCount
    self.aggregation = aggregation
    self.value = value
  }

  /// The score of a layer whose input has some bits; nil where it has none.
  public func score(layer: Int, activationBits: Int) -> Double? {
    (0..<layerCount).contains(layer) ? value(layer, activationBits) : nil
  }
}

extension ScoringProxy {
  /// Whether it can choose bits of layers' inputs: it has to see them where there is a choice.
  ///
  /// - Parameter activationBits: for each layer, or group of layers, the bits that its input may have.
  public func seesChoices(ofActivationBits activationBits: [Set<Int>]) -> Bool {
    guard activationBits.contains(where: { $0.count > 1 }) else { return true }
    guard responses.isEmpty else { return true }
    return perturbations.contains(.activationError)
      || statistics.isEmpty && !perturbations.isEmpty
        && Set(perturbations).isSubset(of: PerturbationStatistic.ofOutputs)
  }

  /// Checks that it can choose bits of layers' inputs where there is a choice.
  ///
  /// - Throws: ``ProxyError`` where it cannot.
  public func requireSeesChoices(ofActivationBits activationBits: [Set<Int>]) throws {
    guard !seesChoices(ofActivationBits: activationBits) else { return }
    let names = PerturbationStatistic.ofOutputs.map(\.rawValue).sorted().joined(separator: ", ")
    throw ProxyError(
      "the proxy \(name) does not see bits of layers' inputs, so it cannot choose them; one of \(names) can, and one"
        + " number of bits for all inputs needs no choice")
  }

  /// The scores of each layer on a network at bits that inputs may have.
  ///
  /// Where bits of inputs are chosen, too, a proxy of what rounding a weight does to outputs is taken of what rounding the
  /// input does as well, and both are added.
  /// - Parameters:
  ///   - inputs: the network's statistics.
  ///   - activationBits: for each layer, or group of layers, the bits that its input may have.
  /// - Throws: ``ProxyError`` where it gives no usable score there, or does not see what is to be chosen.
  public func scores(
    _ inputs: ProxyInputs, choosingActivationBits activationBits: [Set<Int>]
  ) throws -> any ConfigurationScoring {
    try requireSeesChoices(ofActivationBits: activationBits)
    let scores = try scores(inputs)
    let choosesInputs = activationBits.contains { $0.count > 1 }
    // Responses are those of a layer's weight and input together.
    guard choosesInputs, !perturbations.contains(.activationError), let ofWeights = scores as? LayerBitScores
    else { return scores }
    return try ofWeights.adding(inputScores(inputs))
  }

  /// The scores of rounding each layer's input alone, by what scores rounding its weight.
  ///
  /// - Throws: ``ProxyError`` where that was not computed.
  public func inputScores(_ inputs: ProxyInputs) throws -> InputBitScores {
    guard let swapped = try inputs.inPlaceOfWeights() else {
      throw ProxyError(
        "the statistics do not say what rounding layers' inputs does; they have to be computed with several numbers of"
          + " bits of inputs", kind: .data)
    }
    let scores = try layerScores(swapped)
    return InputBitScores(layerCount: scores.layerCount, aggregation: scores.aggregation) { layer, bits in
      scores.weightScore(layer: layer, weightBits: bits)
    }
  }
}
