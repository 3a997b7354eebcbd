/// A piece of LaTeX.
enum LaTeXToken: Hashable {
  /// `\name`, or a backslash before a sign.
  case command(String)
  /// Digits with a point.
  case number(String)
  /// Any other character.
  case character(Character)
  /// `{`.
  case open
  /// `}`.
  case close
  /// `_`.
  case below
  /// `^`.
  case above

  /// The pieces of a text; spaces only part them.
  static func tokens(of latex: String) -> [LaTeXToken] {
    var rest = Substring(latex)
    var tokens: [LaTeXToken] = []
    func takes(_ isTaken: (Character) -> Bool) -> String {
      let taken = rest.prefix(while: isTaken)
      rest.removeFirst(taken.count)
      return String(taken)
    }
    while let first = rest.first {
      switch first {
      case "\\":
        rest.removeFirst()
        let letters = takes(\.isLetter)
        tokens.append(.command(letters.isEmpty ? rest.popFirst().map { String($0) } ?? "" : letters))
      case "{", "}", "_", "^":
        rest.removeFirst()
        tokens.append(first == "{" ? .open : first == "}" ? .close : first == "_" ? .below : .above)
      case _ where first.isNumber: tokens.append(.number(takes { $0.isNumber || $0 == "." }))
      case _ where first.isWhitespace: rest.removeFirst()
      default:
        rest.removeFirst()
        tokens.append(.character(first))
      }
    }
    return tokens
  }

  /// The text in names.
  var text: String {
    switch self {
    case .command(let name): name == "_" ? "_" : sign
    case .number(let text): text
    case .character(let character): String(character)
    case .open: "{"
    case .close: "}"
    case .below: "_"
    case .above: "^"
    }
  }

  /// The sign that it stands for.
  var sign: String {
    if case .command(let name) = self { LaTeXSymbols.signs[name] ?? "\\\(name)" } else { text }
  }
}
