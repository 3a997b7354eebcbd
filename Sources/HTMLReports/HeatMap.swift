import Reports

/// A grid of coloured cells: one hue for values above zero, one for those below, paler towards zero.
public struct HeatMap: Sendable {
  /// What it shows, in a few words.
  public let title: String
  /// The names of the rows.
  public let rows: [String]
  /// The names of the columns.
  public let columns: [String]
  /// By row and column; nil where there is no value.
  public let values: [[Double?]]

  /// Makes a map.
  public init(title: String, rows: [String], columns: [String], values: [[Double?]]) {
    (self.title, self.rows, self.columns, self.values) = (title, rows, columns, values)
  }

  /// How many shades there are at each side of zero.
  static let shades = 6

  /// The shade of a value, −6 to 6; as the root of its share of the greatest, so that small values are seen, too.
  package func shade(_ value: Double) -> Int {
    guard largest > 0, value.isFinite else { return 0 }
    let level = Int((Double(Self.shades) * (abs(value) / largest).squareRoot()).rounded())
    return value < 0 ? -level : level
  }

  private var largest: Double {
    values.joined().compactMap { $0 }.filter(\.isFinite).map(abs).max() ?? 0
  }

  /// The drawing with its scale.
  public var svg: HTML {
    let size = max(8, min(28, 540 / Double(max(1, columns.count))))
    let longest = Double(min(24, rows.map(\.count).max() ?? 0))
    let left = longest * 6.2 + 10
    let top =
      size < 11
      ? 4
      : columns.allSatisfy { $0.count < 4 } ? 18 : 6.2 * Double(min(24, columns.map(\.count).max() ?? 0)) + 8
    var cells = headings(left: left, top: top, size: size)
    for (row, name) in rows.enumerated() {
      let y = top + size * Double(row)
      if size >= 11 || row % 2 == 0 {
        cells.append(
          HTML(
            "text",
            [
              "x": NumberText.coordinate(left - 5), "y": NumberText.coordinate(y + size / 2 + 3.5),
              "text-anchor": "end", "class": "small",
            ], Self.short(name)))
      }
      for (column, value) in values[row].enumerated() {
        guard let value, value.isFinite else { continue }
        cells.append(
          HTML(
            "rect",
            [
              "class": Self.style(shade(value)), "x": NumberText.coordinate(left + size * Double(column)),
              "y": NumberText.coordinate(y), "width": NumberText.coordinate(size - 1),
              "height": NumberText.coordinate(size - 1),
            ], [HTML("title", [:], "\(name), \(columns[column]): \(NumberText.short(value))")]))
      }
    }
    let bottom = top + size * Double(rows.count)
    cells.append(scale(at: left, bottom + 8))
    // No narrower than other pictures, so that cells and letters have one size on a page.
    let width = max(640, left + size * Double(columns.count) + 4)
    return Drawing(title: title, width: width, height: bottom + 26, cells).svg
  }

  /// The names of columns above them: upright where all are short, else turned; none where cells are too narrow.
  private func headings(left: Double, top: Double, size: Double) -> [HTML] {
    guard size >= 11 else { return [] }
    let areShort = columns.allSatisfy { $0.count < 4 }
    return columns.enumerated().map { column, name in
      let x = left + size * (Double(column) + 0.5)
      let place =
        "translate(\(NumberText.coordinate(areShort ? x : x + 3)) \(NumberText.coordinate(top - 5)))"
      return HTML(
        "text",
        [
          "class": "small", "text-anchor": areShort ? "middle" : "start",
          "transform": areShort ? place : place + " rotate(-90)",
        ], Self.short(name))
    }
  }

  private static func short(_ name: String) -> String { name.count > 24 ? "…" + name.suffix(23) : name }

  private static func style(_ shade: Int) -> String { shade < 0 ? "below\(-shade)" : "above\(shade)" }

  private func scale(at x: Double, _ y: Double) -> HTML {
    let shades = (-Self.shades...Self.shades).map { shade in
      HTML(
        "rect",
        [
          "class": Self.style(shade), "x": NumberText.coordinate(x + 70 + 9 * Double(shade + Self.shades)),
          "y": NumberText.coordinate(y), "width": "9", "height": "10",
        ])
    }
    func text(_ place: Double, _ anchor: String, _ text: String) -> HTML {
      HTML(
        "text",
        [
          "x": NumberText.coordinate(place), "y": NumberText.coordinate(y + 9), "text-anchor": anchor,
          "class": "small",
        ], text)
    }
    let end = NumberText.short(largest, digits: 2)
    return .group(shades + [text(x + 66, "end", "−\(end)"), text(x + 74 + 9 * 13, "start", end)])
  }

  /// The values as a table: a row for each cell with one.
  public func table(row: String, column: String, value: String) -> Table {
    var table = Table(columns: [(row, "row"), (column, "column"), (value, "value")])
    for (index, name) in rows.enumerated() {
      for (place, number) in values[index].enumerated() {
        if let number { table.append([.text(name), .text(columns[place]), .significant(number)]) }
      }
    }
    return table
  }
}
