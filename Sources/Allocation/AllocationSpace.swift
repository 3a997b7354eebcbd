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
  ///   - weightBits: candidates of weights, 2 to 8.
  ///   - activationBits: candidates of inputs, 2 to 8.
  ///   - fixed: layers that have no choice; a nil leaves the activations their greatest candidate.
  ///   - ties: lists of layers that have the same bits; lists with a common layer are one.
  /// - Throws: ``AllocationError`` where candidates are missing or impossible, or tied layers are fixed to different bits.
  public init(
    costs: NetworkCosts, weightBits: [Int], activationBits: [Int], fixed: [Int: FixedBits] = [:],
    ties: [[Int]] = []
  ) throws {
    func checked(_ candidates: [Int], _ option: String) throws -> [Int] {
      if let bad = candidates.first(where: { !BitConfiguration.supportedBits.contains($0) }) {
        throw AllocationError(
          "\(option): \(bad) bits are not possible; one or more of 2 to 8 are", kind: .usage)
      }
      guard !candidates.isEmpty else {
        throw AllocationError("\(option): one or more of 2 to 8 are needed", kind: .usage)
      }
      return Set(candidates).sorted()
    }
    let weights = try checked(weightBits, "--bits")
    let activations = try checked(activationBits, "--activation-bits")
    let free = weights.flatMap { weight in
      activations.map { BitChoice(weightBits: weight, activationBits: $0) }
    }
    let groups = Self.merged(ties, count: costs.model.layers.count)
    self.costs = costs
    self.groups = groups
    isFixed = groups.map { $0.contains { fixed[$0] != nil } }
    choices = try groups.map { group in
      let kept = group.compactMap { layer in fixed[layer].map { (layer, $0) } }
      guard let (first, bits) = kept.first else { return free }
      if let (other, others) = kept.first(where: { $0.1 != bits }) {
        let names = costs.model.layers
        throw AllocationError(
          "layers \(names[first].name) and \(names[other].name) are tied, but fixed to \(bits) and \(others)",
          kind: .usage)
      }
      return [
        BitChoice(
          weightBits: bits.weightBits, activationBits: bits.activationBits ?? activations.last ?? 8)
      ]
    }
  }

  /// Bits that a layer has without a choice.
  public struct FixedBits: Hashable, Sendable, CustomStringConvertible {
    /// Bits of its weight.
    public let weightBits: Int
    /// Bits of its input; nil for the greatest candidate.
    public let activationBits: Int?

    /// Makes fixed bits.
    public init(weightBits: Int, activationBits: Int? = nil) {
      self.weightBits = weightBits
      self.activationBits = activationBits
    }

    /// Such as `8` or `8/6`.
    public var description: String { "\(weightBits)\(activationBits.map { "/\($0)" } ?? "")" }
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

  /// The configuration of a choice for each group, by position.
  public func configuration(_ positions: [Int]) -> BitConfiguration {
    var result = BitConfiguration(repeating: BitChoice(weightBits: 8), count: costs.model.layers.count)
    for (group, position) in positions.enumerated() {
      for layer in groups[group] { result[layer] = choices[group][position] }
    }
    return result
  }

  /// The position of each group's choice in a configuration of this space.
  public func positions(of configuration: BitConfiguration) -> [Int] {
    zip(groups, choices).map { group, choices in
      choices.firstIndex(of: configuration[group[0]]) ?? 0
    }
  }

  /// What a group takes of an additive resource, for each of its choices.
  func costs(_ resource: Resource, group: Int) throws -> [Double] {
    try choices[group].map { choice in
      try groups[group].reduce(0) { $0 + (try costs.cost(resource, layer: $1, choice)) }
    }
  }

  /// The least and the greatest that can be taken of a resource.
  func range(of resource: Resource) throws -> ClosedRange<Double> {
    guard resource == .activationMemory else {
      // A table of times may say that more bits are faster, so each group's choices are looked at.
      let costs = try groups.indices.map { try self.costs(resource, group: $0) }
      let least = costs.reduce(0) { $0 + ($1.min() ?? 0) }
      return least...max(least, costs.reduce(0) { $0 + ($1.max() ?? 0) })
    }
    // Bits of inputs ascend from a group's first choice to its last.
    let least = try costs.cost(resource, of: configuration(choices.map { _ in 0 }))
    return least...max(least, try costs.cost(resource, of: configuration(choices.map { $0.count - 1 })))
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
