import Foundation
import Foundations

/// A table of results, for people and for programs.
public struct Table: Sendable {
  /// A cell.
  public enum Cell: Sendable, Equatable {
    /// Words.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number, shown with so many decimals.
    case number(Double, decimals: Int)
    /// A number of any size, shown with five digits that count.
    case significant(Double)
    /// Nothing, because it is not defined or was not measured.
    case missing

    /// A number, or ``missing`` where there is none.
    public init(_ number: Double?, decimals: Int) {
      self = number.map { .number($0, decimals: decimals) } ?? .missing
    }

    /// What people read.
    public var text: String {
      switch self {
      case .text(let text): text
      case .integer(let number): String(number)
      case .number(let number, let decimals): String(format: "%.\(decimals)f", number)
      case .significant(let number): String(format: "%.5g", number)
      case .missing: "–"
      }
    }
  }

  /// The heading of each column, in words and as a key of JSON objects.
  public let columns: [(title: String, key: String)]
  /// The cells, row by row.
  public private(set) var rows: [[Cell]] = []

  /// Makes a table without rows.
  public init(columns: [(title: String, key: String)]) { self.columns = columns }

  /// Adds a row.
  public mutating func append(_ row: [Cell]) { rows.append(row) }

  private static func isText(_ cell: Cell?) -> Bool {
    if case .text = cell { true } else { false }
  }

  /// The cells as they are shown.
  var texts: [[String]] { rows.map { $0.map(\.text) } }

  /// Whether a column holds words, which stand to the left.
  func isText(column: Int) -> Bool { Self.isText(rows.first?[column]) }

  /// The characters that each column takes.
  var naturalWidths: [Int] {
    let texts = texts
    return columns.indices.map { column in
      ([columns[column].title] + texts.map { $0[column] }).map(\.count).max() ?? 0
    }
  }

  /// Columns of equal width, words to the left and numbers to the right.
  ///
  /// - Parameter width: characters that a line of the terminal holds; nil for any number. A wider table has its words
  ///   broken within their columns, and where that is not enough, a line for each cell.
  public func rendered(width: Int? = nil) -> String {
    let natural = naturalWidths
    guard let width, Self.lineLength(natural) > width else { return rendered(widths: natural) }
    return narrowWidths(width).map(rendered) ?? renderedAsLists(width: width)
  }

  /// The characters of a line with columns of such widths.
  static func lineLength(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

  /// Columns of given widths; cells that are wider take several lines.
  private func rendered(widths: [Int]) -> String {
    func lines(_ texts: [String]) -> [String] {
      let cells = texts.enumerated().map { column, text in
        text.count <= widths[column] ? [text] : text.wrapped(to: widths[column], breaksWords: true)
      }
      return (0..<(cells.map(\.count).max() ?? 1)).map { line in
        cells.enumerated().map { column, parts in
          let text = line < parts.count ? parts[line] : ""
          let padding = String(repeating: " ", count: widths[column] - text.count)
          return isText(column: column) ? text + padding : padding + text
        }.joined(separator: "  ").replacingOccurrences(of: " +$", with: "", options: .regularExpression)
      }
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return (lines(columns.map(\.title)) + [rule] + texts.flatMap(lines)).joined(separator: "\n")
  }

  /// Values separated by commas, after RFC 4180.
  public func csv() -> String {
    func value(_ cell: Cell) -> String {
      switch cell {
      case .number(let number, _), .significant(let number): "\(number)"
      case .missing: ""
      case .text, .integer: cell.text
      }
    }
    return ([columns.map(\.key)] + rows.map { $0.map(value) }).map { CSV.line($0) }.joined()
  }

  /// A `tabular` of LaTeX, with the titles as its first row.
  public func latex() -> String {
    func escaped(_ text: String) -> String {
      var result = ""
      for character in text {
        switch character {
        case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
        case "\\": result += "\\textbackslash{}"
        case "~": result += "\\textasciitilde{}"
        case "^": result += "\\textasciicircum{}"
        default: result.append(character)
        }
      }
      return result
    }
    let alignment = columns.indices.map { isText(column: $0) ? "l" : "r" }.joined()
    func line(_ texts: [String]) -> String { texts.map(escaped).joined(separator: " & ") + " \\\\" }
    return
      (["\\begin{tabular}{\(alignment)}", "\\hline", line(columns.map(\.title)), "\\hline"]
      + rows.map { line($0.map(\.text)) } + ["\\hline", "\\end{tabular}"]).joined(separator: "\n")
  }

  /// An object for each row with the columns' keys, for JSON.
  public var objects: [Object] {
    rows.map { Object(values: zip(columns, $0).map { ($0.key, $1) }) }
  }

  /// A row as an object.
  public struct Object: Encodable, Sendable {
    let values: [(key: String, cell: Cell)]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(_ text: String) { stringValue = text }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    /// Writes the cells; what is missing, or not a finite number, is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      for (key, cell) in values {
        switch cell {
        case .text(let text): try container.encode(text, forKey: Key(key))
        case .integer(let number): try container.encode(number, forKey: Key(key))
        case .number(let number, _) where number.isFinite, .significant(let number) where number.isFinite:
          try container.encode(number, forKey: Key(key))
        case .number, .significant, .missing: try container.encodeNil(forKey: Key(key))
        }
      }
    }
  }
}
