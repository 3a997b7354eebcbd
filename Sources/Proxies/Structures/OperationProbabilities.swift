import Foundations

/// How likely each operation is drawn (operation sampling prioritization; EMQ, section 3.3).
public struct OperationProbabilities: Sendable, Equatable, Codable {
  /// By unary operation, adding up to 1.
  public private(set) var unary: [UnaryPrimitive: Double]
  /// By binary operation, adding up to 1.
  public private(set) var binary: [BinaryPrimitive: Double]

  /// Each operation as likely as any other.
  public static let uniform = OperationProbabilities(
    unary: Dictionary(uniqueKeysWithValues: UnaryPrimitive.allCases.map { ($0, 1) }),
    binary: Dictionary(uniqueKeysWithValues: BinaryPrimitive.allCases.map { ($0, 1) }))

  /// Probabilities in proportion to weights; operations without one, or with one that is not above 0, are not drawn.
  ///
  /// Where no weight is above 0 all are equally likely.
  public init(unary: [UnaryPrimitive: Double], binary: [BinaryPrimitive: Double]) {
    func normalized<Operation: Hashable & CaseIterable>(_ weights: [Operation: Double]) -> [Operation: Double]
    {
      let usable = weights.mapValues { $0.isFinite ? max(0, $0) : 0 }
      // In a fixed order, as sums depend on it.
      let sum = Operation.allCases.reduce(0.0) { $0 + (usable[$1] ?? 0) }
      let all = Operation.allCases.map { operation in
        (operation, sum > 0 ? (usable[operation] ?? 0) / sum : 1 / Double(Operation.allCases.count))
      }
      return Dictionary(uniqueKeysWithValues: all)
    }
    self.unary = normalized(unary)
    self.binary = normalized(binary)
  }

  /// Draws a unary operation.
  public func drawUnary(using stream: inout RandomStream) -> UnaryPrimitive {
    Self.draw(unary, using: &stream) ?? .noOperation
  }

  /// Draws a binary operation.
  public func drawBinary(using stream: inout RandomStream) -> BinaryPrimitive {
    Self.draw(binary, using: &stream) ?? .sum
  }

  private static func draw<Operation: Hashable & CaseIterable>(
    _ probabilities: [Operation: Double], using stream: inout RandomStream
  ) -> Operation? {
    var place = stream.uniform()
    var last: Operation?
    for operation in Operation.allCases {
      guard let probability = probabilities[operation], probability > 0 else { continue }
      place -= probability
      last = operation
      if place < 0 { break }
    }
    return last
  }
}

extension UnaryPrimitive: CodingKeyRepresentable {}
extension BinaryPrimitive: CodingKeyRepresentable {}
