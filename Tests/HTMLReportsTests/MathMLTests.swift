import HTMLReports
import LayerStatistics
import Proxies
import Testing

@Suite struct MathMLTests {
  private func markup(_ latex: String) -> String {
    MathML(latex: latex, alternative: "f", isBlock: false).html.markup
  }

  @Test(arguments: [
    ("x_1", "<msub><mi>x</mi><mn>1</mn></msub>"),
    ("{x}^{2}", "<msup><mi>x</mi><mn>2</mn></msup>"),
    ("\\frac{1}{x}", "<mfrac><mn>1</mn><mi>x</mi></mfrac>"),
    ("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    ("\\sum_l x", "<munder><mo>∑</mo><mi>l</mi></munder><mi>x</mi>"),
    ("e_{l-1}", "<msub><mi>e</mi><mrow><mi>l</mi><mo>−</mo><mn>1</mn></mrow></msub>"),
    ("\\operatorname{log\\_softmax}", "<mi mathvariant=\"normal\">log_softmax</mi>"),
    ("\\ln x", "<mrow><mi>ln</mi><mspace width=\"0.17em\"></mspace></mrow><mi>x</mi>"),
    ("\\overline{x}", "<mrow class=\"overline\"><mi>x</mi></mrow>"),
    (
      "\\lvert x \\rvert",
      "<mo form=\"prefix\" stretchy=\"false\">|</mo><mi>x</mi><mo form=\"postfix\" stretchy=\"false\">|</mo>"
    ),
    ("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
  ])
  func isMadeOfLaTeX(_ latex: String, _ content: String) {
    #expect(
      markup(latex)
        == "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"inline\" alttext=\"f\"><mrow>\(content)</mrow></math>"
    )
  }

  @Test func knowsAllThatFormulasAreMadeOf() throws {
    let operand = LaTeX("x + y", .sum)
    var formulas = PrimitiveRegistry.standard.unary.map { $0.latex(operand).text }
    formulas += PrimitiveRegistry.standard.binary.map { $0.latex(operand, operand).text }
    formulas += Statistic.allCases.map(\.latexSymbol) + PerturbationStatistic.allCases.map(\.latexSymbol)
    formulas += try Aggregation.allCases.map {
      try Proxy(parsing: "\($0.rawValue)(mul(bits, weight_error))").latex
    }
    for distance in OutputDistance.all {
      let proxy = ResponseProxy(
        distance, power: 0.5, shrinkage: 0.25, steps: ResponseOperation.all.map { .init($0, constant: 2) },
        interactionWeight: 0.5, window: 3, outputSteps: OutputOperation.all.map { .init($0, constant: 2) })
      formulas.append(proxy.latex)
    }
    for formula in formulas {
      let markup = markup(formula)
      #expect(isWellFormed(markup) && !markup.contains("\\"), "\(formula): \(markup)")
    }
  }

  @Test(arguments: [
    "", "{", "}", "}}x{", "\\left(", "\\right)", "\\frac", "\\frac{1}", "x_", "x^^2", "x_1_2", "\\",
    "\\unknown{x}",
    "\\sqrt[", "\\left\\{ x \\right.",
  ])
  func keepsWhatIsNotAsExpected(_ latex: String) { #expect(isWellFormed(markup(latex))) }

  @Test func deepNestingDoesNotExhaustTheStack() {
    let deep = String(repeating: "{", count: 20_000) + String(repeating: "\\frac", count: 20_000)
    #expect(markup(deep).hasPrefix("<math"))
  }
}
