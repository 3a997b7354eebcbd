import BitModel

/// A bound on one resource, in its own unit.
public struct ResourceBound: Sendable, Equatable {
  /// What is bounded.
  public let resource: Resource
  /// The greatest amount.
  public let bound: Double

  /// Makes a bound.
  public init(_ resource: Resource, _ bound: Double) {
    self.resource = resource
    self.bound = bound
  }
}

extension AllocationSpace {
  /// The tightest bound of each resource that budgets name.
  ///
  /// - Throws: ``AllocationError`` where a resource's costs are not known.
  public func bounds(_ budgets: [Budget]) throws -> [ResourceBound] {
    var bounds: [Resource: Double] = [:]
    for budget in budgets {
      bounds[budget.resource] = min(bounds[budget.resource] ?? .infinity, try budget.bound(in: self))
    }
    return Resource.ordered(with: budgets.map(\.resource)).compactMap { resource in
      bounds[resource].map { ResourceBound(resource, $0) }
    }
  }

  /// Whether a configuration keeps bounds; sums of times are compared to twelve digits.
  public func keeps(_ bounds: [ResourceBound], _ configuration: BitConfiguration) throws -> Bool {
    try bounds.allSatisfy { try costs.cost($0.resource, of: configuration) <= $0.bound * (1 + 1e-12) }
  }
}
