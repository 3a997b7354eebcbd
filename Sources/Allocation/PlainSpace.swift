import BitModel

extension AllocationSpace {
  /// The configurations of a network whose inner layers choose by themselves.
  ///
  /// - Throws: ``AllocationError`` where candidates are missing or impossible.
  public init(
    of costs: CostModel, weightBits: [Int] = [2, 3, 4], activationBits: [Int] = [8],
    outerLayers: OuterLayers = .keepEight
  ) throws {
    self = try AllocationRequest(
      weightBits: weightBits, activationBits: activationBits, outerLayers: outerLayers
    ).space(costs: NetworkCosts(model: costs))
  }
}
