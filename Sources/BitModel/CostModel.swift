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
  public func sizeInBits(_ weightBits: [Int]) -> Int {
    zip(layers, weightBits).reduce(0) { $0 + $1.0.parameters * $1.1 }
  }

  /// The weights' size in MiB.
  public func sizeInMiB(_ weightBits: [Int]) -> Double { Double(sizeInBits(weightBits)) / 8 / 1_048_576 }

  /// The size with 32-bit weights, in bits.
  public var floatSizeInBits: Int { sizeInBits(layers.map { _ in 32 }) }

  /// Bits a weight on average.
  public func averageBits(_ weightBits: [Int]) -> Double {
    Double(sizeInBits(weightBits)) / Double(max(1, layers.reduce(0) { $0 + $1.parameters }))
  }

  /// Σ MACs · weight bits · activation bits, in 10⁹.
  public func bitOperations(_ configuration: BitConfiguration) -> Double {
    var sum = 0.0
    for (index, layer) in layers.enumerated() {
      sum +=
        Double(layer.macs) * Double(configuration.weightBits[index] * configuration.activationBits[index])
    }
    return sum / 1e9
  }

  /// The configuration with the same bits everywhere but in the first and last layer, which keep 8.
  public func uniform(_ bits: Int) -> [Int] {
    layers.indices.map { $0 == 0 || $0 == layers.count - 1 ? 8 : bits }
  }
}
