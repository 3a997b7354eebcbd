/// What choices are worth: a value for each choice of each group, and one more for choices of two groups together.
public struct AllocationValues: Sendable {
  /// What choices of two groups add together.
  public struct Pair: Sendable {
    /// A group.
    public let first: Int
    /// Another one.
    public let second: Int
    /// By choice of the first and choice of the second group.
    public let values: [[Double]]

    /// Names the values of a pair.
    public init(_ first: Int, _ second: Int, values: [[Double]]) {
      self.first = first
      self.second = second
      self.values = values
    }
  }

  /// By group, the value of each choice; higher is better.
  public let groups: [[Double]]
  /// What pairs of groups add; a pair that is not listed adds nothing.
  public let pairs: [Pair]

  /// Makes values.
  public init(_ groups: [[Double]], pairs: [Pair] = []) {
    self.groups = groups
    self.pairs = pairs
  }

  /// The sum of what a choice for each group is worth.
  public func sum(_ positions: [Int]) -> Double {
    let alone = positions.enumerated().reduce(0) { $0 + groups[$1.offset][$1.element] }
    return pairs.reduce(alone) { $0 + $1.values[positions[$1.first]][positions[$1.second]] }
  }

  /// The greatest difference of a group's values, or a pair's.
  var spread: Double {
    let all = groups + pairs.map { $0.values.flatMap { $0 } }
    return all.map { ($0.max() ?? 0) - ($0.min() ?? 0) }.max() ?? 0
  }

  /// Whether there are as many values as choices, for groups that there are.
  func fits(_ counts: [Int]) -> Bool {
    groups.map(\.count) == counts
      && pairs.allSatisfy { pair in
        counts.indices.contains(pair.first) && counts.indices.contains(pair.second)
          && pair.first != pair.second
          && pair.values.count == counts[pair.first]
          && pair.values.allSatisfy { $0.count == counts[pair.second] }
      }
  }

  /// Whether all are finite numbers.
  package var areFinite: Bool {
    groups.joined().allSatisfy(\.isFinite) && pairs.allSatisfy { $0.values.joined().allSatisfy(\.isFinite) }
  }
}
