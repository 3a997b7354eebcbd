/// What commands and characters of LaTeX stand for.
enum LaTeXSymbols {
  /// Operators and fences.
  static let signs: [String: String] = [
    "sum": "∑", "prod": "∏", "odot": "⊙", "cdot": "·", "le": "≤", "langle": "⟨", "rangle": "⟩",
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "|": "‖", "top": "⊤", "_": "_", "{": "{",
    "}": "}",
    "%": "%", "&": "&", "#": "#", "$": "$",
  ]
  private static let letters: [String: String] = [
    "sigma": "σ", "Delta": "Δ", "lambda": "λ", "beta": "β", "infty": "∞",
  ]
  /// Names of functions.
  static let functions: Set<String> = ["ln", "max", "min", "tanh", "arg"]
  private static let spaces: [String: String] = [",": "0.17em", ";": "0.28em"]

  /// Whether what is written below and above stands under and over it.
  static func takesLimits(_ token: LaTeXToken) -> Bool {
    guard case .command(let name) = token else { return false }
    return ["sum", "prod", "max", "min"].contains(name)
  }

  /// The element of a command that takes nothing; a command that is not known stands as it is written.
  static func element(ofCommand name: String) -> HTML {
    switch name {
    case "lvert", "lVert", "langle": return fence(name, "prefix")
    case "rvert", "rVert", "rangle": return fence(name, "postfix")
    default: break
    }
    if let sign = signs[name] { return HTML("mo", [:], sign) }
    if let letter = letters[name] { return HTML("mi", [:], letter) }
    if functions.contains(name) { return HTML("mi", [:], name) }
    if let width = spaces[name] { return HTML("mspace", ["width": width]) }
    return HTML("mtext", [:], "\\\(name)")
  }

  /// A sign at one side of something.
  private static func fence(_ name: String, _ form: String) -> HTML {
    HTML("mo", ["form": form, "stretchy": "false"], signs[name] ?? name)
  }

  /// The element of a character.
  static func element(of character: Character) -> HTML {
    if character.isLetter { return HTML("mi", [:], String(character)) }
    switch character {
    case "-": return HTML("mo", [:], "−")
    // As in LaTeX, those behind \left and \right alone grow.
    case "(", ")", "[", "]", "|": return HTML("mo", ["stretchy": "false"], String(character))
    default: return HTML("mo", [:], String(character))
    }
  }
}
