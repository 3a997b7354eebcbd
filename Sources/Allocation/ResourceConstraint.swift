import BitModel

/// A bound on a resource in terms of choices: rows of an integer program.
struct ResourceConstraint: Sendable {
  /// Σ over groups of the cost of the choice, plus what shared buffers take, is at most the bound.
  struct Row: Sendable {
    /// For each group, the cost of each choice; empty where there is none.
    var costs: [[Double]]
    /// Buffers whose readers lie in several groups: elements, to be multiplied by the greatest bits of these groups.
    var shared: [(elements: Double, groups: [Int])] = []
    /// What is taken whatever is chosen.
    var constant = 0.0
  }

  let rows: [Row]
  /// For a resource that is a sum over layers, the cost of each choice, by group; nil for a peak.
  private let sumOfCosts: [[Double]]?
  /// Bits of activations of each choice, by group.
  let activationBits: [[Double]]
  /// All costs are multiples of it; 0 where they are no whole numbers.
  let unit: Double
  let bound: Double

  init(_ resource: Resource, bound: Double, space: AllocationSpace) throws {
    self.bound = bound
    activationBits = space.choices.map { $0.map { Double($0.activationBits) } }
    let memory: ActivationMemory
    switch resource.cost {
    case .sum(_, let cost):
      let costs = try space.groups.indices.map { try space.costs(cost, group: $0) }
      guard costs.joined().allSatisfy(\.isFinite) else {
        throw AllocationError("what a layer takes of \(resource.name) is not a finite number")
      }
      rows = [Row(costs: costs)]
      sumOfCosts = costs
      unit = Self.greatestUnit(costs.joined())
      return
    case .peak(let ofNetwork): memory = try ofNetwork(space.costs)
    }
    sumOfCosts = nil
    var groupOfLayer: [Int: Int] = [:]
    for (group, layers) in space.groups.enumerated() {
      for layer in layers { groupOfLayer[layer] = group }
    }
    let bits = activationBits
    rows = memory.moments.map { moment in
      var row = Row(costs: space.choices.map { $0.map { _ in 0 } })
      for position in moment {
        let buffer = memory.buffers[position]
        let groups = Set(buffer.readers.compactMap { groupOfLayer[$0] }).sorted()
        let elements = Double(buffer.elements)
        switch groups.count {
        case 0: row.constant += elements * Double(buffer.bitsWithoutReaders)
        case 1:
          for (choice, bits) in bits[groups[0]].enumerated() {
            row.costs[groups[0]][choice] += elements * bits
          }
        default:
          if let known = row.shared.firstIndex(where: { $0.groups == groups }) {
            row.shared[known].elements += elements
          } else {
            row.shared.append((elements, groups))
          }
        }
      }
      return row
    }
    unit = Self.greatestUnit(
      rows.flatMap { row in row.costs.joined() + [row.constant] + row.shared.map(\.elements) })
  }

  private init(_ other: ResourceConstraint, bound: Double) {
    rows = other.rows
    sumOfCosts = other.sumOfCosts
    activationBits = other.activationBits
    unit = other.unit
    self.bound = bound
  }

  /// The same rows with another bound.
  func within(_ bound: Double) -> ResourceConstraint { ResourceConstraint(self, bound: bound) }

  /// Choices that take no less in any group than the given ones: together they break a bound where these do.
  func exclusion(of positions: [Int]) -> IntegerProgram.Exclusion {
    positions.enumerated().map { group, position in
      // Where buffers are shared, what is taken rises with the bits of inputs alone.
      let taken = sumOfCosts?[group] ?? activationBits[group]
      return taken.map { $0 >= taken[position] }
    }
  }

  /// The greatest number that all others are multiples of; 0 where some are no whole numbers.
  private static func greatestUnit(_ numbers: some Sequence<Double>) -> Double {
    var unit = 0.0
    for number in numbers {
      guard number == number.rounded(), abs(number) < 9e15 else { return 0 }
      var (left, right) = (unit, abs(number))
      while right > 0 { (left, right) = (right, left.truncatingRemainder(dividingBy: right)) }
      unit = left
    }
    return unit
  }
}
