/// What a layer costs: weights to store and multiplications to do.
public struct LayerCost: Sendable, Equatable, Codable {
  /// The layer's name.
  public let name: String
  /// Elements of its weight.
  public let parameters: Int
  /// Multiplications and additions for one image.
  public let macs: Int

  /// Makes a layer's cost.
  public init(name: String, parameters: Int, macs: Int) {
    self.name = name
    self.parameters = parameters
    self.macs = macs
  }
}

/// Sizes and operations of bit configurations of one network.
public struct CostModel: Sendable, Equatable, Codable {
  /// The quantizable layers in graph order.
  public let layers: [LayerCost]

  /// Makes a cost model.
  public init(layers: [LayerCost]) { self.layers = layers }

  /// The weights' size in bits, at their nominal bits; biases and scales are not counted.
  public func sizeInBits(_ configuration: BitConfiguration) -> Int {
    sum(configuration) { $0.parameters * $1.weightBits }
  }

  /// The weights' size in MiB.
  public func sizeInMiB(_ configuration: BitConfiguration) -> Double {
    Double(sizeInBits(configuration)) / 8 / 1_048_576
  }

  /// The size with 32-bit weights, in bits.
  public var floatSizeInBits: Int { sizeInBits(.float(count: layers.count)) }

  /// Bits a weight on average.
  public func averageBits(_ configuration: BitConfiguration) -> Double {
    Double(sizeInBits(configuration)) / Double(max(1, layers.reduce(0) { $0 + $1.parameters }))
  }

  /// Bits a weight on average, the first and last layer left out; nil where there are no others.
  public func innerAverageBits(_ configuration: BitConfiguration) -> Double? {
    let inner = layers.indices.filter { !OuterLayers.isOuter($0, of: self) }
    let parameters = inner.reduce(0) { $0 + layers[$1].parameters }
    guard parameters > 0, configuration.count == layers.count else { return nil }
    let bits = inner.reduce(0) { $0 + layers[$1].parameters * configuration[$1].weightBits }
    return Double(bits) / Double(parameters)
  }

  /// Σ MACs · weight bits · activation bits, in 10⁹; see ``BitChoice/bitOperations``.
  public func bitOperations(_ configuration: BitConfiguration) -> Double {
    sum(configuration) { Double($0.macs) * Double($1.bitOperations) } / 1e9
  }

  /// The configuration with the same bits of weights everywhere but in the outer layers.
  public func uniform(
    _ bits: Int, activationBits: Int = 8, outerLayers: OuterLayers = .keepEight
  ) -> BitConfiguration {
    BitConfiguration(
      weightBits: outerLayers.weightBits(others: bits, costs: self), activationBits: activationBits)
  }

  /// A sum over layers and their bits.
  private func sum<Value: AdditiveArithmetic>(
    _ configuration: BitConfiguration, _ cost: (LayerCost, BitChoice) -> Value
  ) -> Value {
    precondition(configuration.count == layers.count, "one choice of bits a layer is needed")
    return zip(layers, configuration).reduce(.zero) { $0 + cost($1.0, $1.1) }
  }
}
