/// A part of a formula, with what the formula would be without it.
///
///     let root = try EvolvedProxy(parsing: "mul(sqrt(weight), log(divergence))").part
///     // root.name == "layer_sum"; its part "mul" has the parts "sqrt" and "log"
///
/// Without an operation its operand stands in its place; without an input, all up to the operation that joins it to others,
/// which leaves the other operand. Aggregations become the usual one, constants the ones that do nothing.
public struct FormulaPart: Sendable {
  /// What a part is.
  public enum Kind: Sendable {
    /// How layers, or images, make up the score.
    case aggregation
    /// An operation.
    case operation
    /// What is taken from the network.
    case input
  }

  /// What it is called in the text form, with its constants.
  public let name: String
  /// What it is.
  public let kind: Kind
  /// The formula that ends with this part; nil where that is none.
  public let alone: EvolvedProxy?
  /// The formula without this part; nil where nothing would be left, or nothing else can be in its place.
  public let without: EvolvedProxy?
  /// The parts that it takes.
  public let parts: [FormulaPart]

  /// How many parts there are, with this one.
  public var count: Int { parts.reduce(1) { $0 + $1.count } }

  /// The part with those at most so far below it.
  public func cut(toDepth depth: Int) -> FormulaPart {
    FormulaPart(
      name: depth == 0 && !parts.isEmpty ? "\(name)(…)" : name, kind: kind, alone: alone, without: without,
      parts: depth == 0 ? [] : parts.map { $0.cut(toDepth: depth - 1) })
  }

  init(
    name: String, kind: Kind, alone: EvolvedProxy? = nil, without: EvolvedProxy? = nil,
    parts: [FormulaPart] = []
  ) {
    self.name = name
    self.kind = kind
    self.alone = alone
    self.without = without
    self.parts = parts
  }
}

extension EvolvedProxy {
  /// The whole formula as a part.
  public var part: FormulaPart {
    switch self {
    case .formula(let proxy): proxy.part
    case .responses(let proxy): proxy.part
    }
  }
}

extension Proxy {
  fileprivate var part: FormulaPart {
    let usual = Proxy(expression)
    return FormulaPart(
      name: aggregation.rawValue, kind: .aggregation, alone: .formula(self),
      without: usual == self ? nil : .formula(usual),
      parts: [part(expression, without: nil) { $0 }])
  }

  /// A part of the formula.
  ///
  /// - Parameters:
  ///   - without: the formula without all that is joined to the rest together with this part.
  ///   - replacing: the formula with something else in this place.
  private func part(
    _ expression: Expression, without: Expression?, replacing: @escaping (Expression) -> Expression
  ) -> FormulaPart {
    func evolved(_ expression: Expression) -> EvolvedProxy {
      .formula(Proxy(expression, aggregation: aggregation))
    }
    let alone = evolved(expression)
    switch expression {
    case .input(let input):
      return FormulaPart(name: input.name, kind: .input, alone: alone, without: without.map(evolved))
    case .unary(let operation, let operand):
      return FormulaPart(
        name: operation.name, kind: .operation, alone: alone, without: evolved(replacing(operand)),
        parts: [part(operand, without: without) { replacing(.unary(operation, $0)) }])
    case .binary(let operation, let left, let right):
      return FormulaPart(
        name: operation.name, kind: .operation, alone: alone,
        parts: [
          part(left, without: replacing(right)) { replacing(.binary(operation, $0, right)) },
          part(right, without: replacing(left)) { replacing(.binary(operation, left, $0)) },
        ])
    }
  }
}
