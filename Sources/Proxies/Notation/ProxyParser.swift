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
    self.description = description
  }
}

extension Proxy {
  /// Reads the text form.
  ///
  /// - Parameter primitives: the operations that the text may name.
  /// - Throws: ``ProxyError`` with the position, counted from 1, and what is expected there.
  public init(parsing text: String, primitives: PrimitiveRegistry = .standard) throws {
    var parser = Parser(text: Array(text), primitives: primitives)
    let aggregation = try parser.aggregation()
    let expression = try parser.expression()
    if aggregation != nil { try parser.take(")") }
    parser.skipSpaces()
    guard parser.position == parser.text.count else { throw parser.error("the end") }
    self.init(expression, aggregation: aggregation)
  }
}

private struct Parser {
  let text: [Character]
  let primitives: PrimitiveRegistry
  var position = 0

  init(text: [Character], primitives: PrimitiveRegistry) {
    self.text = text
    self.primitives = primitives
  }

  mutating func skipSpaces() {
    while position < text.count, text[position].isWhitespace { position += 1 }
  }

  func error(_ expected: String, at place: Int? = nil) -> ProxyError {
    let place = place ?? position
    let found = place < text.count ? "'\(text[place])'" : "its end"
    let line = String(text.prefix(200).map { $0.isWhitespace ? " " : $0 }) + (text.count > 200 ? "…" : "")
    return ProxyError(
      "formula \"\(line)\", position \(place + 1): expected \(expected), found \(found)")
  }

  mutating func take(_ character: Character) throws {
    skipSpaces()
    guard position < text.count, text[position] == character else { throw error("'\(character)'") }
    position += 1
  }

  private mutating func word() throws -> String {
    skipSpaces()
    let start = position
    while position < text.count, text[position].isLetter || text[position].isNumber || text[position] == "_" {
      position += 1
    }
    guard position > start else { throw error("a statistic or an operation") }
    return String(text[start..<position])
  }

  /// The aggregation at the beginning, with its parenthesis; nil where there is none.
  mutating func aggregation() throws -> Aggregation? {
    let start = position
    guard let name = try? word(), let aggregation = Aggregation(rawValue: name) else {
      position = start
      return nil
    }
    try take("(")
    return aggregation
  }

  /// Deeper formulas would exhaust the stack, here or where they are evaluated.
  private static let greatestDepth = 100

  mutating func expression(depth: Int = 0) throws -> Expression {
    skipSpaces()
    let start = position
    guard depth <= Self.greatestDepth else {
      throw error("at most \(Self.greatestDepth) operations inside each other")
    }
    let name = try word()
    if let input = FormulaInput(name: name) { return .input(input) }
    if let operation = primitives.unary(named: name) {
      try take("(")
      let part = try expression(depth: depth + 1)
      try take(")")
      return .unary(operation, part)
    }
    if let operation = primitives.binary(named: name) {
      try take("(")
      let left = try expression(depth: depth + 1)
      try take(",")
      let right = try expression(depth: depth + 1)
      try take(")")
      return .binary(operation, left, right)
    }
    let names =
      FormulaInput.all.map(\.name) + primitives.unary.map(\.name) + primitives.binary.map(\.name)
    throw error(
      "a statistic or an operation, not '\(name)' (\(nearestNames(to: name, among: names)))", at: start)
  }
}
