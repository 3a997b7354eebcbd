import Foundations

/// How likely each operation is drawn (operation sampling prioritization; EMQ, section 3.3).
public struct OperationProbabilities: Sendable, Equatable {
  /// The operations, in the order that they are drawn in.
  public let primitives: PrimitiveRegistry
  /// By unary operation, adding up to 1.
  public let unary: [UnaryPrimitive: Double]
  /// By binary operation, adding up to 1.
  public let binary: [BinaryPrimitive: Double]
  private let unaryDraw: [(operation: UnaryPrimitive, probability: Double)]
  private let binaryDraw: [(operation: BinaryPrimitive, probability: Double)]

  /// Each operation of the standard registry as likely as any other.
  public static let uniform = OperationProbabilities(uniformOver: .standard)

  /// Each operation as likely as any other.
  public init(uniformOver primitives: PrimitiveRegistry) {
    self.init(unary: [:], binary: [:], primitives: primitives)
  }

  /// Probabilities in proportion to weights; operations without one, or with one that is not above 0, are not drawn.
  ///
  /// Where no weight is above 0 all are equally likely.
  /// - Parameters:
  ///   - unary: weights of unary operations.
  ///   - binary: weights of binary operations.
  ///   - primitives: the operations; weights of others are left out.
  public init(
    unary: [UnaryPrimitive: Double], binary: [BinaryPrimitive: Double],
    primitives: PrimitiveRegistry = .standard
  ) {
    self.init(
      probabilities: Self.normalized(unary, primitives.unary), Self.normalized(binary, primitives.binary),
      primitives)
  }

  private init(
    probabilities unary: [UnaryPrimitive: Double], _ binary: [BinaryPrimitive: Double],
    _ primitives: PrimitiveRegistry
  ) {
    self.primitives = primitives
    self.unary = unary
    self.binary = binary
    unaryDraw = Self.drawn(unary, primitives.unary)
    binaryDraw = Self.drawn(binary, primitives.binary)
  }

  private static func normalized<Operation: Hashable>(
    _ weights: [Operation: Double], _ operations: [Operation]
  ) -> [Operation: Double] {
    let usable = weights.mapValues { $0.isFinite ? max(0, $0) : 0 }
    // In a fixed order, as sums depend on it.
    let sum = operations.reduce(0.0) { $0 + (usable[$1] ?? 0) }
    return Dictionary(
      operations.map { operation in
        (operation, sum > 0 ? (usable[operation] ?? 0) / sum : 1 / Double(operations.count))
      }
    ) { first, _ in first }
  }

  private static func drawn<Operation: Hashable>(
    _ probabilities: [Operation: Double], _ operations: [Operation]
  ) -> [(operation: Operation, probability: Double)] {
    operations.compactMap { operation in
      probabilities[operation].flatMap { $0 > 0 ? (operation, $0) : nil }
    }
  }

  /// Draws a unary operation.
  public func drawUnary(using stream: inout RandomStream) -> UnaryPrimitive {
    Self.draw(unaryDraw, using: &stream) ?? .noOperation
  }

  /// Draws a binary operation.
  public func drawBinary(using stream: inout RandomStream) -> BinaryPrimitive {
    Self.draw(binaryDraw, using: &stream) ?? primitives.binary[0]
  }

  private static func draw<Operation>(
    _ operations: [(operation: Operation, probability: Double)], using stream: inout RandomStream
  ) -> Operation? {
    var place = stream.uniform()
    for (operation, probability) in operations {
      place -= probability
      if place < 0 { return operation }
    }
    return operations.last?.operation
  }

  /// Whether operations and probabilities are the same.
  public static func == (left: OperationProbabilities, right: OperationProbabilities) -> Bool {
    left.primitives == right.primitives && left.unary == right.unary && left.binary == right.binary
  }
}

extension OperationProbabilities: Codable {
  private enum CodingKeys: String, CodingKey { case unary, binary }

  /// Reads probabilities by name.
  ///
  /// - Throws: `DecodingError` where an operation is not in the decoder's registry.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let primitives = PrimitiveRegistry(of: decoder)
    func read<Operation: Hashable>(
      _ key: CodingKeys, _ named: (String) -> Operation?
    ) throws -> [Operation: Double] {
      var result: [Operation: Double] = [:]
      for (name, probability) in try container.decode([String: Double].self, forKey: key) {
        guard let operation = named(name) else {
          throw DecodingError.dataCorruptedError(
            forKey: key, in: container, debugDescription: "there is no operation '\(name)'")
        }
        result[operation] = probability
      }
      return result
    }
    self.init(
      probabilities: try read(.unary, primitives.unary(named:)),
      try read(.binary, primitives.binary(named:)), primitives)
  }

  /// Writes probabilities by name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func named<Operation>(_ probabilities: [Operation: Double], _ name: (Operation) -> String) -> [String:
      Double]
    {
      Dictionary(probabilities.map { (name($0), $1) }) { first, _ in first }
    }
    try container.encode(named(unary, \.name), forKey: .unary)
    try container.encode(named(binary, \.name), forKey: .binary)
  }
}
