import Foundation
import Foundations

/// Reads words, numbers and signs of a formula's text, and says where it is not as expected.
struct FormulaScanner {
  let text: [Character]
  private(set) var position = 0

  /// - Throws: ``ProxyError`` where the text is longer than any formula.
  init(_ text: String) throws {
    if let excess = FileLimits.formulaCharacters.excess(text.utf8.count) {
      throw ProxyError("the formula \"\(text.prefix(40))…\" \(excess)")
    }
    self.text = Array(text)
  }

  mutating func skipSpaces() {
    while position < text.count, text[position].isWhitespace { position += 1 }
  }

  /// Goes back, or on.
  mutating func move(to place: Int) { position = place }

  func error(_ expected: String, at place: Int? = nil) -> ProxyError {
    let place = place ?? position
    let found = place < text.count ? "'\(text[place])'" : "its end"
    let line = String(text.prefix(200).map { $0.isWhitespace ? " " : $0 }) + (text.count > 200 ? "…" : "")
    return ProxyError(
      "formula \"\(line)\", position \(place + 1): expected \(expected), found \(found)")
  }

  mutating func take(_ character: Character) throws {
    guard takes(character) else { throw error("'\(character)'") }
  }

  /// Takes a sign if it is the next one.
  mutating func takes(_ character: Character) -> Bool {
    skipSpaces()
    guard position < text.count, text[position] == character else { return false }
    position += 1
    return true
  }

  /// Checks that nothing follows.
  mutating func end() throws {
    skipSpaces()
    guard position == text.count else { throw error("the end") }
  }

  /// The next letters, digits and underscores.
  mutating func word(_ expected: String) throws -> String {
    skipSpaces()
    let start = position
    while position < text.count, text[position].isLetter || text[position].isNumber || text[position] == "_" {
      position += 1
    }
    guard position > start else { throw error(expected) }
    return String(text[start..<position])
  }

  /// What the next word stands for.
  mutating func word<Value>(
    _ expected: String, among names: [String], _ value: (String) -> Value?
  ) throws -> Value {
    skipSpaces()
    let start = position
    let name = try word(expected)
    guard let value = value(name) else {
      throw error("\(expected), not '\(name)' (\(nearestNames(to: name, among: names)))", at: start)
    }
    return value
  }

  /// The next number.
  mutating func number(in range: ClosedRange<Double>) throws -> Double {
    skipSpaces()
    let start = position
    while position < text.count, text[position].isNumber || ".-+eE".contains(text[position]) { position += 1 }
    guard let number = Double(String(text[start..<position])), range.contains(number) else {
      throw error("a number from \(range.lowerBound) to \(range.upperBound)", at: start)
    }
    return number
  }
}
