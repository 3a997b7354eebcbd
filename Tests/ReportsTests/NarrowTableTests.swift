import Reports
import Testing

@Suite("Tables on narrow terminals")
struct NarrowTableTests {
  private func table() -> Table {
    var table = Table(columns: [("proxy", "proxy"), ("formula", "formula"), ("ρ@100 %", "rho")])
    table.append([
      .text("snip"), .text("mul(abs(weight), abs(gradient)) summed over the layer"),
      .number(0.5, decimals: 3),
    ])
    table.append([.text("synflow"), .text("weight"), .missing])
    return table
  }

  @Test("stay as they are where they fit or the output is no terminal", arguments: [nil, 71, 120])
  func wide(width: Int?) {
    let rendered = table().rendered(width: width)
    #expect(rendered == table().rendered())
    #expect(rendered.split(separator: "\n").map(\.count).max() == 71)
  }

  @Test("break words within their columns")
  func broken() {
    #expect(
      table().rendered(width: 44) == """
        proxy    formula                     ρ@100 %
        ───────  ──────────────────────────  ───────
        snip     mul(abs(weight),              0.500
                 abs(gradient)) summed over
                 the layer
        synflow  weight                            –
        """)
  }

  @Test("become lists where columns would be too narrow")
  func lists() {
    #expect(
      table().rendered(width: 26) == """
        proxy: snip
        formula: mul(abs(weight),
          abs(gradient)) summed
          over the layer
        ρ@100 %: 0.500

        proxy: synflow
        formula: weight
        ρ@100 %: –
        """)
  }

  @Test("have no line that is wider than the terminal, and lose nothing", arguments: Array(12...80))
  func everyWidth(width: Int) {
    let rendered = table().rendered(width: width)
    #expect(rendered.split(separator: "\n").allSatisfy { $0.count <= width }, "\(rendered)")
    let letters = rendered.filter { !$0.isWhitespace }
    for word in ["snip", "summed", "layer", "synflow", "0.500"] { #expect(letters.contains(word)) }
  }

  @Test("of long names without spaces break the names")
  func longNames() {
    var table = Table(columns: [("layer", "layer"), ("bits", "bits")])
    table.append([.text(String(repeating: "features.denseblock", count: 4)), .integer(3)])
    let lines = table.rendered(width: 40).split(separator: "\n")
    #expect(lines.map(\.count).max() == 40)
    #expect(lines.count == 5)
  }
}
