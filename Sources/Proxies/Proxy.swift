import LayerStatistics

/// A formula over a layer's statistics, and how layers make up a configuration's score.
///
/// Its text form is that of nested calls, and parses back:
///
///     let proxy = try Proxy(parsing: "mul(sqrt(relu(weight)), log(abs(synflow)))")
///     print(proxy)  // mul(sqrt(relu(weight)), log(abs(synflow)))
///     print(try Proxy(parsing: "layer_max(divergence)").aggregation)  // maximum
///
/// Without an aggregation around it, a formula that does not depend on bits is bit-weighted, and one that does is summed.
public struct Proxy: Hashable, Sendable, CustomStringConvertible {
  /// The formula.
  public let expression: Expression
  /// How layers make up a configuration's score.
  public let aggregation: Aggregation

  /// Makes a proxy of a formula.
  public init(_ expression: Expression, aggregation: Aggregation? = nil) {
    self.expression = expression
    self.aggregation = aggregation ?? (expression.dependsOnBits ? .sum : .bitWeighted)
  }

  /// The text form.
  public var description: String {
    aggregation == .bitWeighted && !expression.dependsOnBits
      ? expression.description : "\(aggregation.rawValue)(\(expression))"
  }

  /// The number of inputs and operations in the formula.
  public var complexity: Int { expression.nodeCount }
}

/// A part of a formula.
public indirect enum Expression: Hashable, Sendable, CustomStringConvertible {
  /// Something known of the layer.
  case input(FormulaInput)
  /// An operation on one part.
  case unary(UnaryPrimitive, Expression)
  /// An operation that joins two parts.
  case binary(BinaryPrimitive, Expression, Expression)

  /// A statistic of the layer.
  public static func statistic(_ statistic: Statistic) -> Expression { .input(.statistic(statistic)) }

  /// The text form.
  public var description: String {
    switch self {
    case .input(let input): input.name
    case .unary(let operation, let part): "\(operation.name)(\(part))"
    case .binary(let operation, let left, let right): "\(operation.name)(\(left), \(right))"
    }
  }

  /// The number of inputs and operations.
  public var nodeCount: Int {
    switch self {
    case .input: 1
    case .unary(_, let part): 1 + part.nodeCount
    case .binary(_, let left, let right): 1 + left.nodeCount + right.nodeCount
    }
  }

  /// What the formula takes.
  public var inputs: Set<FormulaInput> {
    switch self {
    case .input(let input): [input]
    case .unary(_, let part): part.inputs
    case .binary(_, let left, let right): left.inputs.union(right.inputs)
    }
  }

  /// The statistics that the formula takes.
  public var statistics: Set<Statistic> {
    Set(
      inputs.compactMap { input in
        if case .statistic(let statistic) = input { statistic } else { nil }
      })
  }

  /// The perturbation statistics that the formula takes.
  public var perturbations: Set<PerturbationStatistic> {
    Set(
      inputs.compactMap { input in
        if case .perturbation(let statistic) = input { statistic } else { nil }
      })
  }

  /// Whether its value depends on the bits that the layer has.
  public var dependsOnBits: Bool {
    switch self {
    case .input(let input): input.dependsOnBits
    case .unary(_, let part): part.dependsOnBits
    case .binary(_, let left, let right): left.dependsOnBits || right.dependsOnBits
    }
  }
}
