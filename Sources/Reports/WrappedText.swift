extension StringProtocol {
  /// The text in lines of at most a width, broken between words; a word that is longer is broken within.
  ///
  /// - Parameters:
  ///   - width: characters of a line with its indentation, at least 1.
  ///   - indentation: spaces before the first line.
  ///   - hanging: spaces before the other lines.
  ///   - breaksWords: whether words that are too long for a line are broken; otherwise their line is longer.
  func wrapped(to width: Int, indentation: Int = 0, hanging: Int = 0, breaksWords: Bool = false) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indentation)
    var isEmpty = true
    func startLine() {
      lines.append(line)
      line = String(repeating: " ", count: hanging)
      isEmpty = true
    }
    for word in split(separator: " ") {
      var rest = String(word)
      if !isEmpty {
        if line.count + 1 + rest.count <= width {
          line += " " + rest
          continue
        }
        startLine()
      }
      while breaksWords, line.count + rest.count > width {
        let room = Swift.max(1, width - line.count)
        line += String(rest.prefix(room))
        rest = String(rest.dropFirst(room))
        startLine()
      }
      line += rest
      isEmpty = false
    }
    return isEmpty && !lines.isEmpty ? lines : lines + [line]
  }

  /// The text with `…` in place of its end where it is longer than a width.
  func shortened(to width: Int) -> String {
    count <= width ? String(self) : width < 1 ? "" : prefix(width - 1) + "…"
  }
}
