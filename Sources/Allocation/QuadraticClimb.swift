/// Chooses bits for values of groups and of pairs of groups under one bound on a sum, in milliseconds.
///
///     let climb = QuadraticClimb(values: values, costs: costs)
///     let positions = climb.best(within: bound)
///
/// Choices that maximize the value less λ times the cost are a fair place to begin for the λ whose cost is just within
/// the bound; from there, the best change of one group, or of two at once, is taken as long as it is better, and tried again
/// from where one group is held at another choice. Nothing is random and sums have one order, so that the script of a
/// report, which does the same, finds the same choices.
public struct QuadraticClimb: Sendable {
  /// What each choice of a group takes, in whole units such as bits.
  public let costs: [[Double]]
  /// By choice of all groups in their order, the group that it is of.
  private let group: [Int]
  /// By group, its first choice.
  private let first: [Int]
  /// By choice, what it is worth by itself.
  private let alone: [Double]
  /// By choice and choice, what they are worth together.
  private let together: [[Double]]
  private let cost: [Double]

  /// Makes a search.
  ///
  /// - Parameters:
  ///   - values: of groups' choices, and of pairs of them.
  ///   - costs: by group and choice, as many as values.
  /// - Throws: ``AllocationError`` where numbers of values and costs differ.
  public init(values: AllocationValues, costs: [[Double]]) throws {
    guard values.fits(costs.map(\.count)), costs.allSatisfy({ !$0.isEmpty }), values.areFinite else {
      throw AllocationError("values of choices are not finite, or not as many as their costs")
    }
    self.costs = costs
    cost = costs.flatMap { $0 }
    alone = values.groups.flatMap { $0 }
    group = costs.enumerated().flatMap { index, choices in choices.map { _ in index } }
    var (starts, count): ([Int], Int) = ([], 0)
    for choices in costs {
      starts.append(count)
      count += choices.count
    }
    first = starts
    var together = [[Double]](repeating: [Double](repeating: 0, count: alone.count), count: alone.count)
    for pair in values.pairs {
      for (position, row) in pair.values.enumerated() {
        for (other, value) in row.enumerated() {
          let (left, right) = (starts[pair.first] + position, starts[pair.second] + other)
          together[left][right] = value
          together[right][left] = value
        }
      }
    }
    self.together = together
  }

  /// Makes a search over what a space's choices take of a resource; nil where that is no sum over layers.
  public init?(values: AllocationValues, space: AllocationSpace, resource: Resource) throws {
    guard case .sum(_, let cost) = resource.cost else { return nil }
    try self.init(values: values, costs: space.groups.indices.map { try space.costs(cost, group: $0) })
  }

  /// A choice for each group, as indices of all choices.
  private struct Selection {
    var choices: [Int]
    var value: Double
  }

  /// By group, the position of its best choice that is found; nil where not even the least is within the bound.
  ///
  /// - Complexity: for each step O(choices² + choices · groups).
  public func best(within bound: Double) -> [Int]? {
    let least = costs.indices.map { group in
      range(group).min { cost[$0] < cost[$1] } ?? first[group]
    }
    guard total(least) <= bound else { return nil }
    var best = climb(from: least, within: bound)
    for start in penalized(within: bound, from: least) {
      let found = climb(from: start, within: bound)
      if found.value > best.value { best = found }
    }
    for _ in 0..<2 {
      var isBetter = false
      for choice in kicks(from: best.choices) where choice != best.choices[group[choice]] {
        var changed = best.choices
        changed[group[choice]] = choice
        guard let start = repaired(changed, within: bound, holding: group[choice]) else { continue }
        let away = climb(from: start, within: bound, holding: group[choice])
        let found = climb(from: away.choices, within: bound)
        if found.value > best.value { (best, isBetter) = (found, true) }
      }
      if !isBetter { break }
    }
    return best.choices.enumerated().map { $1 - first[$0] }
  }

  /// What choices are worth, by position.
  public func value(_ positions: [Int]) -> Double {
    value(of: positions.enumerated().map { first[$0] + $1 })
  }

  private func range(_ group: Int) -> Range<Int> { first[group]..<first[group] + costs[group].count }

  private func total(_ choices: [Int]) -> Double { choices.reduce(0) { $0 + cost[$1] } }

  private func value(of choices: [Int]) -> Double {
    var sum = 0.0
    for (index, choice) in choices.enumerated() {
      sum += alone[choice]
      for other in choices[(index + 1)...] { sum += together[choice][other] }
    }
    return sum
  }

  /// What a choice is worth beside the choices of the other groups.
  private func effect(_ choice: Int, _ choices: [Int]) -> Double {
    var sum = alone[choice]
    let row = together[choice]
    for (index, other) in choices.enumerated() where index != group[choice] { sum += row[other] }
    return sum
  }

  /// Choices that are good where each unit of cost takes λ of the value, for the two neighbouring λ of which one is within the
  /// bound; the other is brought within it.
  private func penalized(within bound: Double, from least: [Int]) -> [[Int]] {
    let unit = cost.reduce(0) { max($0, abs($1)) }
    let spread = alone.indices.reduce(0.0) { sum, choice in
      together[choice].reduce(max(sum, abs(alone[choice]))) { max($0, abs($1)) }
    }
    guard unit > 0, spread > 0 else { return [] }
    var (low, high) = (0.0, 4 * spread * Double(costs.count) / unit)
    var (within, beyond): ([Int]?, [Int]?)
    var start = least
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      let found = settled(start, penalty: middle)
      if total(found) <= bound { (high, within) = (middle, found) } else { (low, beyond) = (middle, found) }
      start = found
    }
    return [within, beyond.flatMap { repaired($0, within: bound) }].compactMap { $0 }
  }

  /// Each group in turn given its best choice as the others are, until none changes.
  private func settled(_ start: [Int], penalty: Double) -> [Int] {
    var choices = start
    for _ in 0..<20 {
      var hasChanged = false
      for group in costs.indices {
        var (best, highest) = (choices[group], -Double.infinity)
        for choice in range(group) {
          let worth = effect(choice, choices) - penalty * cost[choice]
          if worth > highest { (best, highest) = (choice, worth) }
        }
        if best != choices[group] { (choices[group], hasChanged) = (best, true) }
      }
      if !hasChanged { break }
    }
    return choices
  }

  /// Other choices, the least loss first, as many as there is time for: from where one of them is held, a climb may end in a
  /// better place.
  private func kicks(from choices: [Int]) -> [Int] {
    let effects = alone.indices.map { effect($0, choices) }
    func loss(_ choice: Int) -> Double { effects[choices[group[choice]]] - effects[choice] }
    let others = alone.indices.filter { $0 != choices[group[$0]] }.sorted {
      loss($0) != loss($1) ? loss($0) < loss($1) : $0 < $1
    }
    return Array(others.prefix(1_000_000 / (alone.count * alone.count)))
  }

  /// Choices brought within a bound by the changes that lose least for what they save; nil where they cannot be.
  ///
  /// - Parameter held: a group that keeps its choice.
  private func repaired(_ start: [Int], within bound: Double, holding held: Int? = nil) -> [Int]? {
    var choices = start
    while total(choices) > bound {
      var (best, lowest): (Int?, Double) = (nil, .infinity)
      for choice in alone.indices where group[choice] != held && cost[choice] < cost[choices[group[choice]]] {
        let current = choices[group[choice]]
        let loss = (effect(current, choices) - effect(choice, choices)) / (cost[current] - cost[choice])
        if loss < lowest { (best, lowest) = (choice, loss) }
      }
      guard let best else { return nil }
      choices[group[best]] = best
    }
    return choices
  }

  /// The choices at the end of a climb.
  private func climb(from start: [Int], within bound: Double, holding held: Int? = nil) -> Selection {
    var choices = start
    // Differences below what sums are exact to are none.
    let least = 1e-12 * alone.reduce(0) { max($0, abs($1)) }
    for _ in 0..<1000 {
      let room = bound - total(choices)
      let effects = alone.indices.map { effect($0, choices) }
      var (best, highest): ([Int], Double) = ([], least)
      for left in alone.indices where left != choices[group[left]] && group[left] != held {
        let own = choices[group[left]]
        let (gain, extra) = (effects[left] - effects[own], cost[left] - cost[own])
        if extra <= room, gain > highest { (best, highest) = ([left], gain) }
        for right in alone.indices[(left + 1)...] where group[right] != group[left] {
          let other = choices[group[right]]
          guard right != other, group[right] != held, extra + cost[right] - cost[other] <= room else {
            continue
          }
          let joint =
            together[left][right] - together[left][other] - together[own][right] + together[own][other]
          let both = gain + (effects[right] - effects[other]) + joint
          if both > highest { (best, highest) = ([left, right], both) }
        }
      }
      guard !best.isEmpty else { break }
      for choice in best { choices[group[choice]] = choice }
    }
    return Selection(choices: choices, value: value(of: choices))
  }
}
