import Support

/// A score for each layer and each number of bits that it may have; a configuration's score is their sum.
public struct LayerBitScores: Sendable {
  /// The number of layers.
  public let layerCount: Int
  private let value: @Sendable (_ layer: Int, _ weightBits: Int, _ activationBits: Int) -> Double?

  /// Makes scores of a function; nil where a layer's bits have no score.
  public init(
    layerCount: Int,
    value: @escaping @Sendable (_ layer: Int, _ weightBits: Int, _ activationBits: Int) -> Double?
  ) {
    self.layerCount = layerCount
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
  public init(bits: [Int], scores: [[Double?]]) {
    let positions = Dictionary(bits.enumerated().map { ($1, $0) }) { first, _ in first }
    self.init(layerCount: scores.count) { layer, bits, _ in positions[bits].flatMap { scores[layer][$0] } }
  }

  /// The score of a layer at some bits; nil where it has none.
  public func score(layer: Int, weightBits: Int, activationBits: Int = 8) -> Double? {
    layer < layerCount ? value(layer, weightBits, activationBits) : nil
  }

  /// S(configuration) = Σ_l s_l(b_l); nil where a layer's bits have no score.
  ///
  /// - Complexity: O(layers).
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard configuration.weightBits.count == layerCount, configuration.activationBits.count == layerCount
    else {
      return nil
    }
    var sum = 0.0
    for layer in 0..<layerCount {
      guard let score = value(layer, configuration.weightBits[layer], configuration.activationBits[layer])
      else {
        return nil
      }
      sum += score
    }
    return sum
  }

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that have no score.
  public func scores(_ configurations: [BitConfiguration]) throws -> [Double] {
    try configurations.map { configuration in
      if let score = score(configuration) { return score }
      let layer = configuration.weightBits.indices.first { layer in
        score(
          layer: layer, weightBits: configuration.weightBits[layer],
          activationBits: configuration.activationBits[layer]) == nil
      }
      guard let layer else {
        throw ProxyError(
          "\(configuration.weightBits.count) bits for the \(layerCount) layers of the statistics", kind: .data
        )
      }
      throw ProxyError(
        "layer \(layer + 1) has no score at \(configuration.weightBits[layer]) bits;"
          + " `emq statistics --bits` says which are computed", kind: .data)
    }
  }
}
