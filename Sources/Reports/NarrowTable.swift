/// Tables that are wider than the terminal.
extension Table {
  /// The least width that words are broken to; below it, a list reads better.
  private static let leastTextWidth = 12

  /// The columns' widths within a line of the terminal, the widest columns of words being made narrower; nil where that
  /// is not enough.
  ///
  /// Columns of numbers take what their numbers take; their titles may be broken between words.
  func narrowWidths(_ width: Int) -> [Int]? {
    let natural = naturalWidths
    let least = columns.indices.map { column in
      let words = columns[column].title.split(separator: " ").map(\.count).max() ?? 0
      let cells = texts.map { $0[column].count }.max() ?? 0
      return isText(column: column)
        ? min(natural[column], max(Self.leastTextWidth, words)) : max(words, cells)
    }
    guard Self.lineLength(least) <= width else { return nil }
    var widths = natural
    var excess = Self.lineLength(widths) - width
    while excess > 0 {
      // Those of words first, of which the widest loses least by a character.
      let candidates = widths.indices.filter { widths[$0] > least[$0] }
      let ofWords = candidates.filter { isText(column: $0) }
      guard let widest = (ofWords.isEmpty ? candidates : ofWords).max(by: { widths[$0] < widths[$1] }) else {
        return nil
      }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  /// A line for each cell, `title: value`, with an empty line between rows; cells without words are left out.
  func renderedAsLists(width: Int) -> String {
    texts.map { row in
      zip(columns, row).filter { !$1.isEmpty }.flatMap { column, text in
        (column.title.isEmpty ? text : "\(column.title): \(text)").wrapped(
          to: width, hanging: 2, breaksWords: true)
      }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}
