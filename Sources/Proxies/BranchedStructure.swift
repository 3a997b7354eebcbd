import Statistics
import Support

/// Two chains of two unary operations, each on one statistic, joined by a binary operation (EMQ, section 3.1).
public struct BranchedStructure: Hashable, Codable, Sendable {
  /// A statistic and the operations that are applied to it, first to last.
  public struct Branch: Hashable, Codable, Sendable {
    /// The statistic that the chain begins with.
    public var input: Statistic
    /// Two operations.
    public var operations: [UnaryPrimitive]

    /// Makes a branch.
    public init(input: Statistic, operations: [UnaryPrimitive]) {
      self.input = input
      self.operations = operations
    }

    var expression: Expression {
      operations.reduce(.statistic(input)) { $1 == .noOperation ? $0 : .unary($1, $0) }
    }
  }

  /// The first operand's chain.
  public var left: Branch
  /// The second operand's chain.
  public var right: Branch
  /// What joins them.
  public var operation: BinaryPrimitive

  /// Makes a structure.
  public init(left: Branch, right: Branch, operation: BinaryPrimitive) {
    self.left = left
    self.right = right
    self.operation = operation
  }

  /// The formula, without operations that do nothing.
  public var proxy: Proxy { Proxy(.binary(operation, left.expression, right.expression)) }

  /// Unary operations in a chain.
  public static let chainLength = 2

  /// Draws a structure at random.
  public init(inputs: [Statistic], using stream: inout RandomStream) {
    func branch() -> Branch {
      Branch(
        input: inputs[stream.integer(below: inputs.count)],
        operations: (0..<Self.chainLength).map { _ in Self.drawUnary(using: &stream) })
    }
    self.init(left: branch(), right: branch(), operation: Self.drawBinary(using: &stream))
  }

  /// Draws a unary operation, each as likely as any other.
  public static func drawUnary(using stream: inout RandomStream) -> UnaryPrimitive {
    UnaryPrimitive.allCases[stream.integer(below: UnaryPrimitive.allCases.count)]
  }

  /// Draws a binary operation with the probabilities 0.6, 0.3, 0.05 and 0.05 of sum, difference, product and
  /// matrix product, as in searches by the same authors.
  public static func drawBinary(using stream: inout RandomStream) -> BinaryPrimitive {
    switch stream.uniform() {
    case ..<0.6: .sum
    case ..<0.9: .difference
    case ..<0.95: .product
    default: .matrixProduct
    }
  }
}
