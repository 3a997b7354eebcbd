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

  /// Columns of equal width, words to the left and numbers to the right.
  public func rendered() -> String {
    let cells = rows.map { $0.map(\.text) }
    let widths = columns.indices.map { column in
      ([columns[column].title] + cells.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ texts: [String]) -> String {
      texts.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return Self.isText(rows.first?[column]) ? text + padding : padding + text
      }.joined(separator: "  ").replacingOccurrences(of: " +$", with: "", options: .regularExpression)
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(columns.map(\.title)), rule] + cells.map(line)).joined(separator: "\n")
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
    let alignment = columns.indices.map { Self.isText(rows.first?[$0]) ? "l" : "r" }.joined()
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
