import Reports
import Testing

@Suite("The layout of help")
struct HelpTextTests {
  private let text = HelpText(
    """
    EXAMPLES:
      emq rank b.sqlite --proxy "mul(abs(weight), sqrt(abs(hessian)))" --plot charts
      emq demo

    Some words that stand in one paragraph
    over two lines.

    JSON:
      rows: name, size_mib, bitops_g, top1, agreement,
        difference
      seconds
    """)

  @Test("joins the lines of paragraphs and items")
  func wide() {
    #expect(
      text.rendered(width: 200) == """
        EXAMPLES:
          emq rank b.sqlite --proxy "mul(abs(weight), sqrt(abs(hessian)))" --plot charts
          emq demo

        Some words that stand in one paragraph over two lines.

        JSON:
          rows: name, size_mib, bitops_g, top1, agreement, difference
          seconds
        """)
  }

  @Test("breaks commands before options, never within quotes")
  func narrow() {
    #expect(
      text.rendered(width: 60) == """
        EXAMPLES:
          emq rank b.sqlite \\
              --proxy "mul(abs(weight), sqrt(abs(hessian)))" \\
              --plot charts
          emq demo

        Some words that stand in one paragraph over two lines.

        JSON:
          rows: name, size_mib, bitops_g, top1, agreement,
              difference
          seconds
        """)
  }

  @Test("breaks a line of usage, and nothing else")
  func usage() {
    let help = "OVERVIEW: x\n\nUSAGE: emq demo [--output <output>] [--verbose]\n\nOPTIONS:"
    #expect(HelpText.breakingUsage(in: help, width: 80) == help)
    #expect(
      HelpText.breakingUsage(in: help, width: 40)
        == "OVERVIEW: x\n\nUSAGE: emq demo [--output <output>]\n       [--verbose]\n\nOPTIONS:")
  }
}
