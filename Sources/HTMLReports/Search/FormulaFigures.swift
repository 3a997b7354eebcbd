import Evolution
import Proxies
import Studies

/// The formula that a search chose: as mathematics, as text, and as a tree.
struct FormulaFigures {
  let results: SearchResults

  init(_ results: SearchResults) { self.results = results }

  private var proxy: EvolvedProxy { results.chosen.proxy }

  /// The formula as mathematics.
  var mathematics: HTML {
    let formula = MathML(latex: "S = \(proxy.latex)", alternative: proxy.description, isBlock: true)
    return HTML(
      "div",
      [
        "class": "mathematics", "tabindex": "0", "role": "region", "aria-label": "The formula as mathematics",
      ],
      [formula.html])
  }

  /// The formula in its text form, with what its letters stand for.
  var text: HTML {
    let meaning =
      switch proxy {
      case .formula:
        "The value of an operation over a tensor counts with its mean over the layer; l counts layers, b are the bits of their weights. "
      case .responses:
        "R are responses of layers, I interactions of two, z outputs of the network; l and m count layers, b are the bits of their weights. "
      }
    return .group([
      HTML(
        "p", [:], [.text(meaning + "A configuration with a higher score S is expected to be more accurate.")]),
      HTML("pre", [:], [HTML("code", [:], proxy.description)]),
    ])
  }

  /// The formula as a tree.
  var tree: Figure {
    FormulaTree(
      title: "What each part contributes",
      contributions: FormulaContributions(proxy, results.search.problem, on: .validation),
      configurations: "validation"
    ).figure
  }
}
