import HTMLReports
import Reports
import Testing

@Suite struct CategoryPlotTests {
  @Test(arguments: [[0.0], [1, .nan, .infinity], [-1e300, 1e300], []])
  func oddValuesStillMakeADrawing(_ values: [Double]) {
    for mark in [CategoryPlot.Mark.points, .bars] {
      var plot = CategoryPlot(title: "odd", axis: "x", mark: mark)
      plot.values = values.map { .init("v", $0, interval: -1...1) } + [.init("none", nil)]
      let markup = plot.svg.markup
      #expect(isWellFormed(markup) && markup.contains("not defined"))
      #expect(matches("[^a-zA-Z](nan|inf)[^a-zA-Z]", in: markup).isEmpty)
    }
  }

  @Test func theTableHoldsValuesAndLines() {
    var plot = CategoryPlot(title: "t", axis: "ρ", mark: .points)
    plot.groups = ["one", "two"]
    plot.values = [.init("a", 0.5, interval: 0.25...0.75), .init("b", nil, group: 1)]
    plot.references = [("ceiling", 0.875)]
    #expect(
      plot.table.csv() == """
        name,kind,value,lower,upper
        a,one,0.5,0.25,0.75
        b,two,,,
        ceiling,line,0.875,,

        """)
  }

  @Test func oneAlternativeNeedsNoChoice() {
    let part = HTML("p", [:], "a")
    #expect(Alternatives("Show", [("a", part)]).html == part)
    let two = Alternatives("Show", [("a", part), ("<b>", part)]).html.markup
    #expect(two.contains("data-name=\"&lt;b&gt;\"") && two.contains("data-alternatives=\"Show\""))
  }

  @Test func savedNumbersHaveAllDigits() {
    var table = Table(columns: [("a", "a"), ("b", "b"), ("c", "c")])
    table.append([.number(0.123456789, decimals: 2), .missing, .number(.nan, decimals: 1)])
    table.append([.number(0.25, decimals: 2), .text("<x>"), .integer(3)])
    let markup = table.html(named: "n", drawing: ["b": { HTML("code", [:], $0) }]).markup
    #expect(markup.contains("data-value=\"0.123456789\">0.12</td>"))
    #expect(markup.contains("<td class=\"number\">0.25</td>"))
    #expect(markup.contains("<td data-value=\"&lt;x&gt;\"><code>&lt;x&gt;</code></td>"))
    #expect(matches("data-value=\"\">–", in: markup).count == 2)
  }
}
