import BitModel

/// The configurations that an allocation chooses among: groups of layers that have the same bits, and each group's
/// choices.
public struct AllocationSpace: Sendable {
  /// What configurations take.
  public let costs: NetworkCosts
  /// The layers of each group, in graph order of the first.
  public let groups: [[Int]]
  /// What each group may be given, from few bits to many.
  public let choices: [[BitChoice]]
  /// Whether a group's bits were fixed.
  public let isFixed: [Bool]

  /// Makes a space.
  ///
  /// - Parameters:
  ///   - costs: the network's layers.
  ///   - weightBits: candidates of weights, 2 to 8, and 16 for layers that stay float.
  ///   - activationBits: candidates of inputs, 2 to 8.
  ///   - fixed: the bits of layers that have no choice.
  ///   - ties: lists of layers that have the same bits; lists with a common layer are one.
  /// - Throws: ``AllocationError`` where candidates are missing or impossible, a layer does not exist, or tied layers are
  ///   fixed to different bits.
  public init(
    costs: NetworkCosts, weightBits: [Int], activationBits: [Int] = [8], fixed: [Int: BitChoice] = [:],
    ties: [[Int]] = []
  ) throws {
    let layers = costs.model.layers
    if let missing = (Array(fixed.keys) + ties.joined()).first(where: { !layers.indices.contains($0) }) {
      throw AllocationError("there is no layer \(missing); the network has \(layers.count)")
    }
    for (layer, bits) in fixed.sorted(by: { $0.key < $1.key })
    where !BitConfiguration(CollectionOfOne(bits)).isSupported {
      throw AllocationError(
        "layer \(layers[layer].name) is fixed to \(bits.text) bits; 2 to 8, and 16 (float) for weights, are possible",
        kind: .usage)
    }
    let weights = try Self.checked(weightBits, of: "weights", among: BitConfiguration.supportedWeightBits)
    let activations = try Self.checked(
      activationBits, of: "activations", among: Array(BitConfiguration.supportedBits))
    let free = weights.flatMap { weight in
      // A float layer's input has no bits to choose.
      (weight == BitChoice.floatWeightBits ? activations.suffix(1) : activations[...]).map {
        BitChoice(weightBits: weight, activationBits: $0)
      }
    }
    let groups = Self.merged(ties, count: layers.count)
    self.costs = costs
    self.groups = groups
    isFixed = groups.map { $0.contains { fixed[$0] != nil } }
    choices = try groups.map { group in
      let kept = group.compactMap { layer in fixed[layer].map { (layer, $0) } }
      guard let (first, bits) = kept.first else { return free }
      if let (other, others) = kept.first(where: { $0.1 != bits }) {
        throw AllocationError(
          "layers \(layers[first].name) and \(layers[other].name) are tied, but fixed to \(bits.text) and"
            + " \(others.text) bits (weights/activations)", kind: .usage)
      }
      return [bits]
    }
  }

  private static func checked(_ candidates: [Int], of kind: String, among possible: [Int]) throws -> [Int] {
    if let bad = candidates.first(where: { !possible.contains($0) }) {
      let float = possible.contains(BitChoice.floatWeightBits) ? ", and 16 for float," : ""
      throw AllocationError(
        "candidate bits of \(kind): \(bad) are not possible; one or more of 2 to 8\(float) are", kind: .usage)
    }
    guard !candidates.isEmpty else {
      throw AllocationError("candidate bits of \(kind): one or more of 2 to 8 are needed", kind: .usage)
    }
    return Set(candidates).sorted()
  }

  /// Lists with a common layer brought together, and each other layer by itself.
  private static func merged(_ ties: [[Int]], count: Int) -> [[Int]] {
    var parents = Array(0..<count)
    func root(_ layer: Int) -> Int {
      var layer = layer
      while parents[layer] != layer { layer = parents[layer] }
      return layer
    }
    for tie in ties {
      for layer in tie.dropFirst() {
        let (left, right) = (root(tie[0]), root(layer))
        parents[max(left, right)] = min(left, right)
      }
    }
    return Dictionary(grouping: 0..<count, by: root).values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  /// Whether a layer may stay float.
  public var choosesFloat: Bool { choices.contains { $0.count > 1 && $0.contains(where: \.isFloat) } }

  /// The configuration of a choice for each group, by position.
  public func configuration(_ positions: [Int]) -> BitConfiguration {
    var result = BitConfiguration(repeating: BitChoice(weightBits: 8), count: costs.model.layers.count)
    for (group, position) in positions.enumerated() {
      for layer in groups[group] { result[layer] = choices[group][position] }
    }
    return result
  }

  /// The position of each group's choice in a configuration of this space.
  ///
  /// - Throws: ``AllocationError`` where a layer has bits that it cannot be given here, or tied layers different ones.
  public func positions(of configuration: BitConfiguration) throws -> [Int] {
    let layers = costs.model.layers
    guard configuration.count == layers.count else {
      throw AllocationError(
        "the configuration has bits of \(configuration.count) layers; the network has \(layers.count)")
    }
    return try zip(groups, choices).map { group, choices in
      guard let position = choices.firstIndex(of: configuration[group[0]]) else {
        throw AllocationError(
          "layer \(layers[group[0]].name) has \(configuration[group[0]].text) bits (weight/input), which are not among"
            + " its choices: \(choices.map(\.text).joined(separator: ", "))")
      }
      if let other = group.first(where: { configuration[$0] != configuration[group[0]] }) {
        throw AllocationError(
          "layers \(layers[group[0]].name) and \(layers[other].name) are tied, but have"
            + " \(configuration[group[0]].text) and \(configuration[other].text) bits")
      }
      return position
    }
  }

  /// What a group takes of a resource that is a sum over layers, for each of its choices.
  func costs(
    _ cost: (_ costs: NetworkCosts, _ layer: Int, _ choice: BitChoice) throws -> Double, group: Int
  ) throws -> [Double] {
    try choices[group].map { choice in
      try groups[group].reduce(0) { $0 + (try cost(costs, $1, choice)) }
    }
  }

  /// The least and the greatest that can be taken of a resource.
  func range(of resource: Resource) throws -> ClosedRange<Double> {
    switch resource.cost {
    case .sum(_, let cost):
      // A table of times may say that more bits are faster, so each group's choices are looked at.
      let costs = try groups.indices.map { try self.costs(cost, group: $0) }
      let least = costs.reduce(0) { $0 + ($1.min() ?? 0) }
      return least...max(least, costs.reduce(0) { $0 + ($1.max() ?? 0) })
    case .peak:
      // Bits of inputs ascend from a group's first choice to its last.
      let least = try costs.cost(resource, of: configuration(choices.map { _ in 0 }))
      return least...max(least, try costs.cost(resource, of: configuration(choices.map { $0.count - 1 })))
    }
  }

  /// The size of the weights whose bits are fixed, and of one bit in each other weight.
  var sizes: (fixed: Int, free: Int) {
    var (fixed, free) = (0, 0)
    for (group, layers) in groups.enumerated() {
      let parameters = layers.reduce(0) { $0 + costs.model.layers[$1].parameters }
      if isFixed[group] {
        fixed += parameters * choices[group][0].weightBits
      } else {
        free += parameters
      }
    }
    return (fixed, free)
  }
}

extension BitChoice {
  /// Bits of the weight and of the input, for messages, such as `4/8`.
  var text: String { "\(weightBits)/\(activationBits)" }
}
