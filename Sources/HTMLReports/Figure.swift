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
        table.map { numbers($0) } ?? .empty,
      ])
  }

  private func numbers(_ table: Table) -> HTML {
    HTML(
      "details", ["class": "numbers"],
      [HTML("summary", [:], "Numbers: \(title)"), table.html(named: title)])
  }
}

extension Table {
  /// The table as an element, in a frame that scrolls by itself where it is wider than the page.
  ///
  /// - Parameter name: what it holds; also the name of the file that its numbers are saved as.
  public func html(named name: String) -> HTML {
    func cell(_ cell: Cell) -> HTML {
      switch cell {
      case .text: HTML("td", [:], cell.text)
      case .integer, .number, .significant, .missing: HTML("td", ["class": "number"], cell.text)
      }
    }
    let head = columns.map { HTML("th", ["scope": "col"], $0.title.isEmpty ? "what" : $0.title) }
    return HTML(
      "div", ["class": "table", "tabindex": "0", "role": "region", "aria-label": name],
      [
        HTML(
          "table", ["data-name": name],
          [
            HTML("thead", [:], [HTML("tr", [:], head)]),
            HTML("tbody", [:], rows.map { row in HTML("tr", [:], row.map { cell($0) }) }),
          ])
      ])
  }
}
