/// Choices of which each is better than every smaller one.
public enum ParetoFront {
  /// A choice with what it takes and what it is worth.
  public struct Point: Sendable, Equatable {
    /// The choice.
    public let allocation: Allocation
    /// What it takes of the swept resource, in its own unit.
    public let cost: Double

    /// Makes a point.
    public init(allocation: Allocation, cost: Double) {
      self.allocation = allocation
      self.cost = cost
    }
  }

  /// Bounds spread evenly from the least to the greatest that a resource can take, both among them;
  /// the greatest is at most a limit.
  ///
  /// - Throws: ``AllocationError`` where the resource's costs are not known.
  public static func bounds(
    of resource: Resource, in space: AllocationSpace, count: Int, upTo limit: Double = .infinity
  ) throws -> [Double] {
    let range = try space.range(of: resource)
    let (least, most) = (range.lowerBound, min(limit, range.upperBound))
    guard count > 1, most > least else { return [most] }
    return (0..<count).map { least + (most - least) * Double($0) / Double(count - 1) }
  }

  /// The points that no other one dominates, by rising cost: less or equal cost and a higher score, or less cost and the
  /// same score.
  public static func nonDominated(_ points: [Point]) -> [Point] {
    let sorted = points.sorted { ($0.cost, -$0.allocation.score) < ($1.cost, -$1.allocation.score) }
    var best = -Double.infinity
    return sorted.filter { point in
      defer { best = max(best, point.allocation.score) }
      return point.allocation.score > best
    }
  }
}
