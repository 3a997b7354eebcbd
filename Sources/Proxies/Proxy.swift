import Statistics

/// A formula over a layer's statistics.
///
/// Its text form is that of nested calls, and parses back:
///
///     let proxy = try Proxy(parsing: "mul(sqrt(relu(weight)), log(abs(synflow)))")
///     print(proxy)  // mul(sqrt(relu(weight)), log(abs(synflow)))
public struct Proxy: Hashable, Sendable, CustomStringConvertible {
  /// The formula.
  public let expression: Expression

  /// Makes a proxy of a formula.
  public init(_ expression: Expression) { self.expression = expression }

  /// The text form.
  public var description: String { expression.description }

  /// The number of statistics and operations in the formula.
  public var complexity: Int { expression.nodeCount }
}

/// A part of a formula.
public indirect enum Expression: Hashable, Sendable, CustomStringConvertible {
  /// A statistic of the layer.
  case statistic(Statistic)
  /// An operation on one part.
  case unary(UnaryPrimitive, Expression)
  /// An operation that joins two parts.
  case binary(BinaryPrimitive, Expression, Expression)

  /// The text form.
  public var description: String {
    switch self {
    case .statistic(let statistic): statistic.rawValue
    case .unary(let operation, let part): "\(operation.rawValue)(\(part))"
    case .binary(let operation, let left, let right): "\(operation.rawValue)(\(left), \(right))"
    }
  }

  /// The number of statistics and operations.
  public var nodeCount: Int {
    switch self {
    case .statistic: 1
    case .unary(_, let part): 1 + part.nodeCount
    case .binary(_, let left, let right): 1 + left.nodeCount + right.nodeCount
    }
  }

  /// The statistics that the formula takes.
  public var statistics: Set<Statistic> {
    switch self {
    case .statistic(let statistic): [statistic]
    case .unary(_, let part): part.statistics
    case .binary(_, let left, let right): left.statistics.union(right.statistics)
    }
  }
}
