import BitModel

extension AllocationSpace {
  /// The configurations of a network whose inner layers choose by themselves.
  ///
  /// - Throws: ``AllocationError`` where candidates are missing or impossible.
  public init(
    of costs: CostModel, weightBits: [Int] = [2, 3, 4], activationBits: [Int] = [8],
    outerLayers: OuterLayers = .keepEight
  ) throws {
    var fixed: [Int: FixedBits] = [:]
    for layer in costs.layers.indices {
      if let bits = outerLayers.fixedBits(layer: layer, of: costs.layers.count) {
        fixed[layer] = FixedBits(weightBits: bits)
      }
    }
    try self.init(
      costs: NetworkCosts(model: costs), weightBits: weightBits, activationBits: activationBits, fixed: fixed)
  }
}
