import Foundations

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

  /// The best choices for bounds of one resource from the least to the greatest, of which none is worse and takes more
  /// than another.
  ///
  /// - Parameters:
  ///   - resource: what is swept.
  ///   - space: the configurations to choose among.
  ///   - bounds: what every choice keeps; a bound of the swept resource limits it.
  ///   - count: how many bounds.
  ///   - progress: receives the progress.
  ///   - isCancelled: whether the user asked to stop.
  ///   - best: the best choice within bounds.
  /// - Returns: nil where the user asked to stop.
  /// - Throws: ``AllocationError`` where not even the greatest bound can be kept, or a resource's costs are not known.
  public static func sweep(
    _ resource: Resource, in space: AllocationSpace, within bounds: [ResourceBound], count: Int,
    progress: ProgressHandler? = nil, isCancelled: CancellationCheck = { false },
    best: ([ResourceBound]) throws -> Allocation
  ) throws -> [Point]? {
    let others = bounds.filter { $0.resource != resource }
    let most = bounds.first { $0.resource == resource }?.bound ?? .infinity
    let levels = try Self.bounds(of: resource, in: space, count: count, upTo: most)
    let counter = ProgressCounter(total: levels.count, handler: progress)
    var points: [Point] = []
    for level in levels {
      if isCancelled() { return nil }
      defer { counter.advance() }
      do {
        let allocation = try best(others + [ResourceBound(resource, level)])
        let cost = try space.costs.cost(resource, of: allocation.configuration)
        points.append(Point(allocation: allocation, cost: cost))
      } catch let error as AllocationError where error.kind == .usage && level != levels.last {
        // Low levels may be out of reach within the other budgets.
        continue
      }
    }
    return nonDominated(points)
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
