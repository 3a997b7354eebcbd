import Foundation
import Foundations
import Reports
import Testing

@Suite("Reports")
struct ReportsTests {
  private func table() -> Table {
    var table = Table(columns: [("name", "name"), ("value %", "value")])
    table.append([.text("a, \"b\""), .number(1.234, decimals: 1)])
    table.append([.text("c"), .missing])
    return table
  }

  @Test("a table aligns words left and numbers right")
  func rendered() {
    #expect(
      table().rendered() == """
        name    value %
        ──────  ───────
        a, "b"      1.2
        c             –
        """)
  }

  @Test("CSV quotes what needs it and keeps all digits")
  func csv() { #expect(table().csv() == "name,value\n\"a, \"\"b\"\"\",1.234\nc,\n") }

  @Test("JSON has null for what is missing or not finite")
  func json() throws {
    struct Figures: Encodable {
      let rows: [Table.Object]
      @Nullable var notFinite: Double?
      @Nullable var missing: Int?
      @Nullable var topOne: Double?
    }
    let figures = Figures(rows: table().objects, notFinite: .nan, missing: nil, topOne: 0.5)
    let text = try JSONText.encode(figures)
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let rows = parsed?["rows"] as? [[String: Any]]
    #expect(rows?[0]["value"] as? Double == 1.234)
    #expect(rows?[1]["value"] is NSNull)
    #expect(parsed?["not_finite"] is NSNull)
    #expect(parsed?["missing"] is NSNull)
    #expect(parsed?["top_one"] as? Double == 0.5)
  }

  @Test("a histogram counts every value once")
  func histogram() {
    let histogram = Histogram([1, 1, 2, 3, 10], binCount: 3)
    #expect(histogram.counts == [4, 0, 1])
    #expect(Histogram([5, 5], binCount: 4).counts.reduce(0, +) == 2)
    #expect(histogram.rendered().split(separator: "\n").count == 3)
    let lengths = histogram.rendered(width: 30).split(separator: "\n").map(\.count)
    // The longest bar stands behind the shortest range.
    #expect(lengths.max() == 29)
  }
}

@Suite struct LaTeXTableTests {
  @Test func escapesWhatHasAMeaning() {
    var table = Table(columns: [("proxy", "proxy"), ("ρ@50%", "rho")])
    table.append([.text("a_b & 5%"), .number(0.5, decimals: 2)])
    table.append([.text("{x}^2"), .missing])
    #expect(
      table.latex() == """
        \\begin{tabular}{lr}
        \\hline
        proxy & ρ@50\\% \\\\
        \\hline
        a\\_b \\& 5\\% & 0.50 \\\\
        \\{x\\}\\textasciicircum{}2 & – \\\\
        \\hline
        \\end{tabular}
        """)
  }
}
