/// A formula as mathematics that browsers draw and screen readers read, made from its LaTeX.
///
///     let formula = MathML(latex: "\\sqrt{W}", alternative: "sqrt(weight)", isBlock: true)
///     page.add("Formula", [formula.html])
///
/// LaTeX is the one notation that every operation, statistic and proxy has. Of it the part is read that formulas use; a
/// command beyond that stands as it is written.
public struct MathML: Sendable {
  /// The element.
  public let html: HTML

  /// Makes a formula.
  ///
  /// - Parameters:
  ///   - alternative: the formula for those who see no mathematics.
  ///   - isBlock: whether it stands by itself, not in a line of text.
  public init(latex: String, alternative: String, isBlock: Bool) {
    var parser = MathMLParser(latex)
    let content = parser.row()
    html = HTML(
      "math",
      [
        "xmlns": "http://www.w3.org/1998/Math/MathML", "display": isBlock ? "block" : "inline",
        "alttext": alternative,
      ], [content])
  }
}
