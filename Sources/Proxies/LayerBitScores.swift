import BitModel

/// A score for each layer and each number of bits that it may have; a configuration's score is made of them, in most
/// cases their sum.
public struct LayerBitScores: ConfigurationScoring {
  /// The number of layers.
  public let layerCount: Int
  /// How a configuration's score is made.
  public let aggregation: Aggregation
  private let value: @Sendable (_ layer: Int, _ weightBits: Int, _ activationBits: Int) -> Double?

  /// Makes scores of a function; nil where a layer's bits have no score.
  public init(
    layerCount: Int, aggregation: Aggregation = .sum,
    value: @escaping @Sendable (_ layer: Int, _ weightBits: Int, _ activationBits: Int) -> Double?
  ) {
    self.layerCount = layerCount
    self.aggregation = aggregation
    self.value = value
  }

  /// Scores c_l · b_l of a coefficient for each layer and the bits of its weight.
  public init(coefficients: [Double]) {
    self.init(layerCount: coefficients.count) { layer, bits, _ in coefficients[layer] * Double(bits) }
  }

  /// Scores in a table.
  ///
  /// - Parameters:
  ///   - bits: bits of weights.
  ///   - scores: by layer and position of the bits; nil where there is none.
  /// - Throws: ``ProxyError`` where a layer has not as many scores as there are bits.
  public init(bits: [Int], scores: [[Double?]]) throws {
    if let layer = scores.firstIndex(where: { $0.count != bits.count }) {
      throw ProxyError(
        "layer \(layer + 1) has \(scores[layer].count) scores for \(bits.count) numbers of bits", kind: .data)
    }
    let positions = Dictionary(bits.enumerated().map { ($1, $0) }) { first, _ in first }
    self.init(layerCount: scores.count) { layer, bits, _ in positions[bits].flatMap { scores[layer][$0] } }
  }

  /// The sum of these scores, of rounding weights alone, and those of rounding inputs alone.
  ///
  /// - Throws: ``ProxyError`` where they are of other layers, or made up otherwise.
  public func adding(_ inputs: InputBitScores) throws -> LayerBitScores {
    guard inputs.layerCount == layerCount, inputs.aggregation == aggregation else {
      throw ProxyError(
        "scores of the weights of \(layerCount) layers (\(aggregation.rawValue)) and of the inputs of"
          + " \(inputs.layerCount) (\(inputs.aggregation.rawValue)) cannot be added", kind: .data)
    }
    return LayerBitScores(layerCount: layerCount, aggregation: aggregation) {
      layer, weightBits, activationBits in
      guard let own = weightScore(layer: layer, weightBits: weightBits),
        let other = inputs.score(layer: layer, activationBits: activationBits)
      else { return nil }
      return own + other
    }
  }

  /// The score of a layer's weight, which was rounded while inputs were not, so that it is known at some bits of inputs.
  func weightScore(layer: Int, weightBits: Int) -> Double? {
    BitConfiguration.supportedBits.reversed().lazy.compactMap {
      score(layer: layer, weightBits: weightBits, activationBits: $0)
    }.first
  }

  /// The score of a layer at some bits; nil where it has none.
  public func score(layer: Int, weightBits: Int, activationBits: Int = 8) -> Double? {
    (0..<layerCount).contains(layer) ? value(layer, weightBits, activationBits) : nil
  }

  /// Scores of a formula's values; where these are one a layer, they hold for any bits.
  ///
  /// - Throws: ``ProxyError`` where there are not as many as layers, or as choices of bits.
  init(_ scores: FormulaScores, grid: BitGrid, aggregation: Aggregation) throws {
    func check(_ values: [Double], _ count: Int, _ places: String) throws {
      guard values.count != count else { return }
      throw ProxyError("there are \(values.count) values for \(count) \(places)", kind: .data)
    }
    switch scores {
    case .layers(let values):
      try check(values, grid.choices.count, "layers")
      self.init(layerCount: values.count, aggregation: aggregation) { layer, bits, _ in
        aggregation.part(values[layer], bits: Double(bits))
      }
    case .choices(let values):
      try check(values, grid.count, "choices of bits")
      let positions = grid.choices.enumerated().map { layer, choices in
        Dictionary(choices.enumerated().map { ($1, grid.offsets[layer] + $0) }) { first, _ in first }
      }
      self.init(layerCount: grid.choices.count, aggregation: aggregation) { layer, bits, activationBits in
        let choice = BitChoice(weightBits: bits, activationBits: activationBits)
        return positions[layer][choice].map { aggregation.part(values[$0], bits: Double(bits)) }
      }
    }
  }

  /// S(configuration), such as Σ_l s_l(b_l); nil where a layer's bits have no score.
  ///
  /// - Complexity: O(layers).
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard configuration.count == layerCount else { return nil }
    var parts: [Double] = []
    parts.reserveCapacity(layerCount)
    for (layer, bits) in configuration.enumerated() {
      guard let part = value(layer, bits.weightBits, bits.activationBits) else { return nil }
      parts.append(part)
    }
    return aggregation.total(parts)
  }

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that have no score.
  public func scores(_ configurations: [BitConfiguration]) throws -> [Double] {
    try configurations.map { configuration in
      if let score = score(configuration) { return score }
      let layer = configuration.indices.first { layer in
        let bits = configuration[layer]
        return score(layer: layer, weightBits: bits.weightBits, activationBits: bits.activationBits) == nil
      }
      guard let layer else {
        throw ProxyError(
          "\(configuration.count) choices of bits for the \(layerCount) layers of the statistics", kind: .data
        )
      }
      throw ProxyError(
        "layer \(layer + 1) has no score at \(configuration[layer].weightBits) bits of its weight and"
          + " \(configuration[layer].activationBits) of its input", kind: .data)
    }
  }
}
