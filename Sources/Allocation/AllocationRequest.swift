import BitModel

/// What bits are to be chosen among and within, before a network is known.
public struct AllocationRequest: Sendable {
  /// What the choice has to keep.
  public var budgets: [Budget]
  /// Candidate bits of weights; nil for some on both sides of what the budgets allow.
  public var weightBits: [Int]?
  /// Candidate bits of layers' inputs.
  public var activationBits: [Int]
  /// What becomes of the first and the last layer.
  public var outerLayers: OuterLayers
  /// Layers with given bits; these go before what outer layers keep.
  public var fixed: [FixedLayer]
  /// Lists of layers that have the same bits.
  public var ties: [[Int]]

  /// Makes a request.
  public init(
    budgets: [Budget] = [], weightBits: [Int]? = nil, activationBits: [Int] = [8],
    outerLayers: OuterLayers = .keepEight, fixed: [FixedLayer] = [], ties: [[Int]] = []
  ) {
    self.budgets = budgets
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.outerLayers = outerLayers
    self.fixed = fixed
    self.ties = ties
  }

  /// Candidates of weights for budgets that four bits everywhere exceed.
  static let fewBits = [2, 3, 4]
  /// Candidates of weights for budgets that four bits everywhere keep.
  static let manyBits = [2, 3, 4, 6, 8]

  /// The configurations to choose among for a network.
  ///
  /// - Parameters:
  ///   - costs: the network's layers.
  ///   - prefersFewBits: whether few candidates do where neither candidates nor budgets are given.
  /// - Throws: ``AllocationError`` for bits that are not possible, and layers that the network does not have or that do
  ///   not belong together.
  public func space(costs: NetworkCosts, prefersFewBits: Bool = true) throws -> AllocationSpace {
    let count = costs.model.layers.count
    let mostActivationBits = activationBits.max() ?? 8
    var kept: [Int: BitChoice] = [:]
    for layer in 0..<count {
      kept[layer] = outerLayers.fixedBits(layer: layer, of: costs.model).map {
        BitChoice(weightBits: $0, activationBits: mostActivationBits)
      }
    }
    for layer in fixed {
      kept[try costs.layer(named: layer.name)] = BitChoice(
        weightBits: layer.weightBits, activationBits: layer.activationBits ?? mostActivationBits)
    }
    func space(_ candidates: [Int]) throws -> AllocationSpace {
      try AllocationSpace(
        costs: costs, weightBits: candidates, activationBits: activationBits, fixed: kept, ties: ties)
    }
    if let weightBits { return try space(weightBits) }
    let few = try space(Self.fewBits)
    let bounds = try few.bounds(budgets)
    if bounds.isEmpty { return prefersFewBits ? few : try space(Self.manyBits) }
    // Where the most of the few candidates fits everywhere, there is nothing to choose: others have to lie above it.
    let most = few.configuration(few.choices.map { $0.count - 1 })
    return try few.keeps(bounds, most) ? space(Self.manyBits) : few
  }
}
