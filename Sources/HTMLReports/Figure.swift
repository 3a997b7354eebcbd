import Reports

/// A picture with its caption, and its numbers as a table that can be taken away as CSV.
public struct Figure: Sendable {
  /// What it shows, in a few words; unique on a page.
  public let title: String
  /// How it is to be read, in a sentence or two.
  public let caption: String
  /// The picture.
  public let picture: HTML
  /// Its numbers; nil where the picture is a table itself.
  public let table: Table?

  /// Makes a figure.
  public init(title: String, caption: String, picture: HTML, table: Table?) {
    (self.title, self.caption, self.picture, self.table) = (title, caption, picture, table)
  }

  /// Makes a figure of a chart.
  public init(_ plot: Plot, caption: String) {
    self.init(title: plot.title, caption: caption, picture: plot.svg, table: plot.table)
  }

  /// The element.
  public var html: HTML {
    HTML(
      "figure", [:],
      [
        picture, HTML("figcaption", [:], [HTML("strong", [:], title + ". "), .text(caption)]),
        table.map { $0.numbers(named: title) } ?? .empty,
      ])
  }
}

extension Table {
  /// The table behind a line that opens it.
  func numbers(named name: String) -> HTML {
    HTML(
      "details", ["class": "numbers"],
      [HTML("summary", [:], "Numbers: \(name)"), html(named: name)])
  }

  /// The table as an element, in a frame that scrolls by itself where it is wider than the page.
  ///
  /// Saved as CSV, its numbers have all digits.
  /// - Parameters:
  ///   - name: what it holds; also the name of the file that its numbers are saved as.
  ///   - drawing: how texts of some columns are shown, by key; nil for a text as it is.
  public func html(named name: String, drawing: [String: (String) -> HTML?] = [:]) -> HTML {
    func number(_ number: Double, _ text: String) -> HTML {
      guard number.isFinite else { return HTML("td", ["class": "number", "data-value": ""], "–") }
      let isWhole = Double(text) == number
      return HTML("td", ["class": "number", "data-value": isWhole ? nil : "\(number)"], text)
    }
    func html(_ cell: Cell, _ key: String) -> HTML {
      switch cell {
      case .text(let text):
        guard let drawn = drawing[key]?(text) else {
          // Short texts, such as intervals, stay in a line.
          return HTML("td", ["class": text.count <= 16 ? "short" : nil], text)
        }
        return HTML("td", ["data-value": text], [drawn])
      case .integer: return HTML("td", ["class": "number"], cell.text)
      case .number(let value, _), .significant(let value): return number(value, cell.text)
      case .missing: return HTML("td", ["class": "number", "data-value": ""], cell.text)
      }
    }
    let head = columns.enumerated().map { index, column in
      // Heads stand over their numbers.
      let isText = if case .text = rows.first?[index] { true } else { false }
      return HTML(
        "th", ["scope": "col", "class": isText ? nil : "number"],
        column.title.isEmpty ? column.key : column.title)
    }
    let body = rows.map { row in HTML("tr", [:], zip(row, columns).map { html($0, $1.key) }) }
    return HTML(
      "div", ["class": "table", "tabindex": "0", "role": "region", "aria-label": "Table: \(name)"],
      [
        HTML(
          "table", ["data-name": name],
          [HTML("thead", [:], [HTML("tr", [:], head)]), HTML("tbody", [:], body)])
      ])
  }
}
