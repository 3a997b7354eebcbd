import Foundations

/// A proxy that cannot be read or computed.
public struct ProxyError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, where in the formula, and what would be right.
  public let description: String

  /// Makes an error about a proxy.
  public init(_ description: String, kind: FailureKind = .usage) {
    self.kind = kind
    self.description = description.inOneLine
  }
}

extension Proxy {
  /// Reads the text form.
  ///
  /// - Parameters:
  ///   - text: a formula.
  ///   - primitives: the operations that the text may name.
  /// - Throws: ``ProxyError`` with the position, counted from 1, and what is expected there.
  public init(parsing text: String, primitives: PrimitiveRegistry = .standard) throws {
    var parser = Parser(scanner: try FormulaScanner(text), primitives: primitives)
    let aggregation = try parser.aggregation()
    let expression = try parser.expression()
    if aggregation != nil { try parser.scanner.take(")") }
    try parser.scanner.end()
    self.init(expression, aggregation: aggregation)
  }
}

private struct Parser {
  var scanner: FormulaScanner
  let primitives: PrimitiveRegistry

  /// The aggregation at the beginning, with its parenthesis; nil where there is none.
  mutating func aggregation() throws -> Aggregation? {
    let start = scanner.position
    guard let name = try? scanner.word("a statistic or an operation"),
      let aggregation = Aggregation(rawValue: name)
    else {
      scanner.move(to: start)
      return nil
    }
    try scanner.take("(")
    return aggregation
  }

  mutating func expression(depth: Int = 0) throws -> Expression {
    scanner.skipSpaces()
    let start = scanner.position
    let limit = FileLimits.formulaDepth
    guard depth <= limit.greatest else {
      throw scanner.error("at most \(limit.greatest) \(limit.unit) (limit \(limit.name))")
    }
    let name = try scanner.word("a statistic or an operation")
    if let input = FormulaInput(name: name) { return .input(input) }
    if let operation = primitives.unary(named: name) {
      try scanner.take("(")
      let part = try expression(depth: depth + 1)
      try scanner.take(")")
      return .unary(operation, part)
    }
    if let operation = primitives.binary(named: name) {
      try scanner.take("(")
      let left = try expression(depth: depth + 1)
      try scanner.take(",")
      let right = try expression(depth: depth + 1)
      try scanner.take(")")
      return .binary(operation, left, right)
    }
    let names =
      FormulaInput.all.map(\.name) + primitives.unary.map(\.name) + primitives.binary.map(\.name)
    throw scanner.error(
      "a statistic or an operation, not '\(name)' (\(nearestNames(to: name, among: names)))", at: start)
  }
}
