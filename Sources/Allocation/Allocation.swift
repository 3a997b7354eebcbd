import BitModel

/// Bits that were chosen, and how good they are known to be.
public struct Allocation: Sendable, Equatable {
  /// How the choice was made.
  public enum Method: String, Sendable {
    /// By integer programming.
    case exact
    /// By mutation and selection, for scores that are no sum over layers.
    case evolutionary
    /// By measuring neighbours of what a proxy chose.
    case measured
  }

  /// The bits of each layer.
  public let configuration: BitConfiguration
  /// The score, higher for better.
  public let score: Double
  /// How the choice was made.
  public let method: Method
  /// By how much the best score within the budgets may be higher: 0 where none is, nil where nothing is proven.
  public let gap: Double?

  /// Makes an allocation.
  public init(configuration: BitConfiguration, score: Double, method: Method, gap: Double?) {
    self.configuration = configuration
    self.score = score
    self.method = method
    self.gap = gap
  }

  /// Whether no other choice within the budgets has a higher score.
  public var isProvenOptimal: Bool { gap == 0 }
}

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
    return Resource.allCases.compactMap { resource in bounds[resource].map { ResourceBound(resource, $0) } }
  }

  /// Whether a configuration keeps bounds; sums of times are compared to twelve digits.
  public func keeps(_ bounds: [ResourceBound], _ configuration: BitConfiguration) throws -> Bool {
    try bounds.allSatisfy { try costs.cost($0.resource, of: configuration) <= $0.bound * (1 + 1e-12) }
  }
}
