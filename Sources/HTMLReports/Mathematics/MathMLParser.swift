/// Reads LaTeX and makes MathML of it; text that is not as expected is kept, never refused.
struct MathMLParser {
  private var tokens: ArraySlice<LaTeXToken>
  private var depth = 0

  /// Deeper groups, which would exhaust the stack, stand as they are written.
  private static let greatestDepth = 400

  init(_ latex: String) { tokens = LaTeXToken.tokens(of: latex)[...] }

  /// All that is left, in a row.
  mutating func row() -> HTML {
    var parts: [HTML] = []
    while !tokens.isEmpty {
      parts += list(until: [])
      // What closes nothing is left out.
      _ = tokens.popFirst()
    }
    return HTML("mrow", [:], parts)
  }

  /// Elements up to one of some tokens, which is not taken.
  private mutating func list(until ends: Set<LaTeXToken>) -> [HTML] {
    var parts: [HTML] = []
    while let next = tokens.first, !ends.contains(next), next != .close {
      parts.append(scripted())
    }
    return parts
  }

  /// An element with what stands below and above it.
  private mutating func scripted() -> HTML {
    let first = tokens.first
    let base = element()
    var (below, above): (HTML?, HTML?) = (nil, nil)
    while let next = tokens.first {
      if next == .below, below == nil {
        tokens.removeFirst()
        below = element()
      } else if next == .above, above == nil {
        tokens.removeFirst()
        above = element()
      } else {
        break
      }
    }
    let isLimit = first.map { LaTeXSymbols.takesLimits($0) } ?? false
    switch (below, above) {
    case (nil, nil): return base
    case (let below?, nil): return HTML(isLimit ? "munder" : "msub", [:], [base, below])
    case (nil, let above?): return HTML(isLimit ? "mover" : "msup", [:], [base, above])
    case (let below?, let above?):
      return HTML(isLimit ? "munderover" : "msubsup", [:], [base, below, above])
    }
  }

  /// A group, or the next sign with what it takes.
  private mutating func element() -> HTML {
    guard let token = tokens.popFirst() else { return HTML("mrow") }
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.greatestDepth else { return HTML("mtext", [:], token.text) }
    switch token {
    case .open: return group(until: .close)
    case .close, .below, .above: return HTML("mrow")
    case .number(let text): return HTML("mn", [:], text)
    case .character(let character): return LaTeXSymbols.element(of: character)
    case .command(let name): return command(name)
    }
  }

  /// A group whose beginning was taken, with its end.
  private mutating func group(until end: LaTeXToken) -> HTML {
    var parts = list(until: [end])
    while let next = tokens.first, next != end, next == .close {
      tokens.removeFirst()
      parts += list(until: [end])
    }
    _ = tokens.popFirst()
    return parts.count == 1 ? parts[0] : HTML("mrow", [:], parts)
  }

  /// The letters of a group, for names.
  private mutating func name() -> String {
    guard tokens.first == .open else { return "" }
    tokens.removeFirst()
    var text = ""
    while let token = tokens.popFirst(), token != .close { text += token.text }
    return text
  }

  private mutating func command(_ name: String) -> HTML {
    switch name {
    case "frac":
      let above = element()
      return HTML("mfrac", [:], [above, element()])
    case "sqrt":
      guard tokens.first == .character("[") else { return HTML("msqrt", [:], [element()]) }
      tokens.removeFirst()
      let degree = group(until: .character("]"))
      return HTML("mroot", [:], [element(), degree])
    case "operatorname", "mathrm":
      // What follows is looked at when the name is taken.
      let letters = self.name()
      return function(HTML("mi", ["mathvariant": "normal"], letters))
    case "overline":  // Few fonts have a bar that stretches.
      return HTML("mrow", ["class": "overline"], [element()])
    case "tilde": return HTML("mover", ["accent": "true"], [element(), HTML("mo", [:], "~")])
    case "left":
      let opening = fence("opening")
      let content = group(until: .command("right"))
      return HTML("mrow", [:], [opening, content, fence("closing")])
    default:
      let element = LaTeXSymbols.element(ofCommand: name)
      return LaTeXSymbols.functions.contains(name) ? function(element) : element
    }
  }

  /// The name of a function, apart from what it is of.
  private func function(_ name: HTML) -> HTML {
    switch tokens.first {
    case .command("left"), .character("("), .below, .above, .close, nil: name
    default: HTML("mrow", [:], [name, HTML("mspace", ["width": "0.17em"])])
    }
  }

  /// The sign behind `\left` or `\right`; an empty one where that is a dot.
  private mutating func fence(_ side: String) -> HTML {
    guard let token = tokens.popFirst(), token != .character(".") else { return .empty }
    return HTML("mo", ["fence": "true", "form": side == "opening" ? "prefix" : "postfix"], token.sign)
  }
}
